# --fields: long values are cut, many statements cost linear time, JSON-LD nests without end.
length() { tamis extract -q --fields all "$1" | sed 's/.*"'"$2"'":"//; s/".*//' | wc -c; }
long=$(printf '%03000d' 0)
printf '<meta name=description content="%sé"><link rel=canonical href="http://a.example/%s"><p>Text.' \
	"$(printf '%02047d' 0)" "$long" >long.html
try 'length long.html description'
try 'tamis extract -q --fields canonical long.html'
awk 'BEGIN { for (i = 0; i < 200000; i++) printf "<meta name=author content=\"Author %c\">", 65 + i % 26
	print "<p>Text." }' >many.html
try tamis extract -q --fields all many.html
awk 'BEGIN { printf "<script type=application/ld+json>"
	for (i = 0; i < 2000000; i++) printf "{\"@graph\":["
	print "</script><p>Text." }' >deep.html
try tamis extract -q --fields all deep.html
awk 'BEGIN { printf "<script type=application/ld+json>{\"@type\":\"Article\",\"headline\":\""
	for (i = 0; i < 1000000; i++) printf "\\\\\\\\\\\""
	print "</script><p>Text." }' >quotes.html
try tamis extract -q --fields all quotes.html
awk 'BEGIN { for (i = 0; i < 400; i++) printf "<div class=footer>"
	for (i = 0; i < 100000; i++) printf "<a class=author rel=author href=https://creativecommons.org/licenses/x>"
	print "<p>Text." }' >links.html
try tamis extract -q -a --fields licenses,author links.html
awk 'BEGIN { for (i = 0; i < 400; i++) printf "<div class=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>"
	for (i = 0; i < 100000; i++) printf "<a href=https://creativecommons.org/licenses/by/4.0/>x</a>"
	print "<p>Text." }' >pictures.html
try 'tamis extract -q -a --fields licenses,author pictures.html | wc -c'
awk 'BEGIN { printf "<title>"; for (i = 0; i < 250; i++) printf "- "
	printf "</title><meta name=application-name content=\""
	for (i = 0; i < 8000; i++) printf "a"; print "\"><p>Text." }' >title.html
try 'tamis extract -q --fields title title.html | wc -c'
