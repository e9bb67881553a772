# gopher: every rule fails on its own; rejects give rule, value and bound.
text() { awk -v n="$1" -v w="$2" 'BEGIN { for (i = 0; i < n; i++) printf "%s%s", i ? " " : "", w }'; }
doc() { printf '{"id":"%s","text":"%s"}\n' "$1" "$2"; }
good=$(text 30 'the house of word')
{
	doc good "$good"
	doc min_words 'to be the one'
	doc min_word_length "$(text 20 'a of to ab cd')"
	doc max_word_length "$(text 60 'thelongestwordsofall') the of"
	doc max_hashes "$good $(text 20 '# ### the')"
	doc max_ellipses "$good $(text 20 '... the')\\u2026"
	doc max_bullets "- $good\\n- the of\\n \\u2022 the of\\n- x"
	doc max_ellipsis_lines "$good...\\nthe of\\u2026 \\nthe of"
	doc min_alpha "$good $(text 40 '12 34')"
	doc min_stop "$(text 60 'The House Of Words')"
} >in
try 'tamis quality -R gopher -r rejects in | cut -c 1-20'
try sed 's/"text":"[^"]*"/"text":"..."/' rejects
# Disabled rules are not checked.
try 'tamis quality -q -R gopher --set gopher.min_words=off,gopher.min_stop_words=1 \
	--set gopher.min_alpha_words=0.5 in | cut -c 1-20'
