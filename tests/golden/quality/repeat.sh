# gopher-rep measures repeated paragraphs, lines and n-grams.
doc() { printf '{"id":"%s","text":"%s"}\n' "$1" "$2"; }
words() { awk -v from="$1" -v to="$2" 'BEGIN { for (i = from; i < to; i++) printf "%sw%d", (i > from ? " " : ""), i }'; }
{
	doc empty ''
	doc once "$(words 100 200)"
	doc paras 'ab cd\n\nef gh\n\n\nab cd\n\n ij'
	doc lines 'ab\ncd\nab\n\nab\nxyz'
	doc edges '\nab\n'
	doc top 'ab cd ef ab cd gh ab cd'
	doc five "$(words 10 20) $(words 10 20) $(words 20 60)"
	# The same letters, split into other words: datatrove joins words without spaces.
	doc cuts 'a bc de f g h i jk a b c d e f g h i j k l m n o p q r s t u v w x y z'
	doc cuts2 "1 11 2 22 3 11 1 22 2 3 $(words 10 40)"
} >in
hide() { sed 's/"text":"[^"]*"/"text":"..."/; s/gopher-rep\.//g'; }
try 'tamis quality -q --tag -R gopher-rep in | hide'
