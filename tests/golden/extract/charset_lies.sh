# A declaration that was read as ASCII is not UTF-16, and only what browsers know counts.
for c in utf-16 ucs-2 ibm-1047 utf-7 latin1; do
	printf '<html><head><meta charset="%s"></head><body><p>caf\351 au lait</p></body></html>' "$c" >"$c.html"
	try tamis extract -q --all-text "$c.html"
done
