# fineweb and c4-para: every rule fails on its own.
line() { awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) printf "word%d ", i; printf "end" }'; }
doc() { printf '{"id":"%s","text":"%s"}\n' "$1" "$2"; }
{
	doc blank ' \n\t\n'
	doc good "$(line 20).\\n$(line 21)\\u3002\\n\\n$(line 22)!"
	doc punct "$(line 20)\\n$(line 21)\\"
	doc short "$(line 20).\\nshort.\\nshorter."
	doc dups "$(line 20).\\n$(line 20).\\n$(line 21)."
	doc feeds "$(line 9).\\n\\n\\n\\n\\n\\n$(line 8)."
} | sed '3s/\\"}/"}/' >in
hide() { sed 's/"text":"[^"]*"/"text":"..."/'; }
try 'tamis quality -q --tag -R fineweb in | hide'
try 'tamis quality -q -R fineweb --set fineweb.line_punct_exclude_zero=on,fineweb.short_line_chars=5 in | cut -c 1-20'
try 'tamis quality -q --tag -R c4-para --set c4-para.min_paragraph_chars=100 in | hide'
