# takedown clears the targets of a conversation and keeps all others; pairs are refused.
sft 12 a
align=4 plan a >p
tamis mix -q -p p -o run
echo 'id	c7' >list
try tamis takedown -q -o out list run
try tamis verify -q out
try 'tamis cat --color=always --all out | grep -A 1 "no loss" | cat -v'
try 'tamis cat --all run | grep -A 1 "document .c9" >1; tamis cat --all out | grep -A 1 "document .c9" | cmp - 1'
pref 4 2 b
seq=32 plan b >p
tamis mix -q -p p -o pairs
echo 'id	p1-0' >list
try tamis takedown -q -o refused list pairs
