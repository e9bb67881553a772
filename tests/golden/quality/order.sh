# A set that edits texts runs first, wherever it is named; the others see the edited text.
cat >in <<'EOF'
{"text":"the one of all is here. And two.\n###\n###\n###\nIt is so. It is so! Is it so? Yes, it is."}
EOF
for sets in gopher,c4 c4,gopher; do
	try tamis quality --tag -R $sets --set gopher.min_words=20 in
done
# In a pipeline the first command sees the whole text.
try 'tamis quality -q -R gopher --tag in | tamis quality -q --tag -R c4'
