# cat --docs prints the segments of each document together.
docs en 1 12 | tamis encode -q -m m -o en
printf 'tamis-plan 1\nseq 12\nshard 20\nphase p max\ngroup g 1\nsource en en in=g cap=2\n' >p
tamis mix -q -p p -o run
tamis cat --docs --all run >all
try head -n 24 all
try tamis cat --docs run
try tamis cat --docs -n 7 -m m run
try tamis cat --docs -n 7 -m m --plain run
# Rows are counted through the shards of a run.
first=$(tamis cat --docs --all run/shard-00000 | sed -n 's/^## row \([0-9]*\):.*/\1/p' | tail -n 1)
try tamis cat --docs -n $((first + 2)) run
try tamis cat --docs -n 1 run/shard-00001
try tamis cat --docs -n 99 run
try tamis cat --docs -n 99 run/shard-00001
try tamis cat --docs --step 0 --global-batch 4 run
# Document shards have documents anyway.
try tamis cat --docs -n 3 -m m en
try tamis cat --docs -n 7 --color always -m m run
# Pieces instead of text.
try tamis cat --docs -n 7 -m m --pieces run
try tamis cat -n 1 -m m --pieces --ids --plain run
try tamis cat -n 1 --pieces run
