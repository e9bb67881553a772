# where prints the document of a token of a run, of a shard of it, and of a DOCS shard.
try tamis where 0:0 0:7 44:15 run
try tamis where 44:4 run/shard-00002.idx
try tamis where --json 0:7 run
try tamis where 39:16 en
printf '3:1\n\n 44:5 \n' >list
try tamis where --positions list run
try 'tamis where --positions - 0:1 run <list'
# What where prints is what cat prints.
try 'tamis cat -n 3 run | head -n 2'
# Padding has a source, and no document.
pad=$(tamis cat --all run | awk '/^## sample/ { n = $3 + 0 } /: pad$/ { print n }')
try "tamis where $pad:15 run | sed 's/^$pad/PAD/'"
try "tamis where --json $pad:15 run | sed 's/:$pad,/:PAD,/'"
