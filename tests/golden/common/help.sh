# --help: at most 80 columns, an example, the defaults; help COMMAND and version.
tamis --list >list
while read -r v; do
	tamis "$v" --help >help
	awk -v v="$v" 'length($0) > 80 { print v ": " $0 }' help >>wide
	grep -A1 '^example:' help | grep -q "tamis $v" || echo "$v" >>without
	tamis help "$v" | cmp - help
done <list
tamis --help | awk 'length($0) > 80' >>wide
try "cat wide"
try "cat without 2>/dev/null"
try 'tamis length --help'
try 'tamis chain --help | head -n 8'
try 'tamis encode --help | grep -e usage -e --output'
try 'tamis help length length'
try 'tamis help lenght'
try "tamis version | sed 's/[0-9.]*$/N/'"
