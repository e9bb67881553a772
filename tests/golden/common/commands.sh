# Help and version on stdout, hints for mistyped commands, tamis-COMMAND links.
try "tamis --help | sed -n 1p"
try 'tamis help | sed -n 1p'
try 'tamis -h | sed -n 1p'
try "tamis --version | sed 's/[0-9.]*$/N/'"
tamis -V | cmp - "$(tamis --version >v; echo v)"
tamis --list >list
while read -r v; do
	tamis "$v" --help >help || echo "$v --help: exit $?"
	head -n 1 help | grep -q "^usage: tamis $v " || echo "$v --help: no usage line"
	tamis "$v" --version | cmp - v
	tamis "$v" --dump-options | grep -q -e '^-q --quiet$' || echo "$v --dump-options"
done <list
for v in lenght NORM exat qwertyuiop '' --quiet; do
	try tamis "$v"
done
try 'tamis 2>usage'
tamis --help | cmp - usage
ln -s "$BIN/tamis" tamis-length
echo '{"text":"a"}' | try ./tamis-length
ln -s "$BIN/tamis" tamis-lenght
try ./tamis-lenght
