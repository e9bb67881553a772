# A charset that cannot be right, or that no browser knows, is ignored, as if none were declared.
for c in utf-16 ucs-2 ibm-1047 utf-7 latin1; do
	printf '<html><head><meta charset="%s"></head><body><p>caf\351 au lait</p></body></html>' "$c" >"$c.html"
	try tamis extract -q --tag --all-text "$c.html"
done
