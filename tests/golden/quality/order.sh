# A set that edits texts runs first, wherever it is named; the others see the edited text.
cat >in <<'EOF'
{"text":"the one of all is here. And two.\n###\n###\n###\nIt is so. It is so! Is it so? Yes, it is."}
EOF
for sets in gopher,c4 c4,gopher; do
	try tamis quality --tag -R $sets --set gopher.min_words=20 in
done
# A warning names sets that were listed first, once per run, unless they are made for edited text.
try tamis quality -R c4-para,fineweb,gopher-rep,gopher,c4 in in
try tamis quality -q -R gopher,c4 in
try tamis chain quality -R gopher : quality -R c4,fineweb in
# In a pipeline the first command sees the whole text.
try 'tamis quality -q -R gopher --tag in | tamis quality -q --tag -R c4'
