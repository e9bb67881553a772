# cat prints the samples of a step or of a rank in it, over the ends of shards, and colors segments.
docs en 1 40 | tamis encode -q -m m -o en
printf 'tamis-plan 1\nseq 16\nshard 20\nphase p max\ngroup g 1\nsource en en in=g\n' >p
tamis mix -q -p p -o run
numbers() { sed -n 's/^## sample \([0-9]*\),.*/\1/p' | paste -s -d ' '; }
try 'tamis cat --step 0 --global-batch 12 run | numbers'
try 'tamis cat --step 2 --global-batch 12 run | numbers'
try 'tamis cat --step 1 --global-batch 12 --dp 2 --rank 0 run | numbers'
try 'tamis cat --step 1 --global-batch 12 --dp 2 --rank 1 --micro-batch 3 run | numbers'
try 'tamis cat --step 1 --global-batch 12 --dp 3 --rank 2 --micro-batch 2 run | numbers'
try 'for r in 0 1 2; do tamis cat --step 1 --global-batch 12 --dp 3 --rank $r --micro-batch 1 run; done | numbers'
try tamis cat --step 44 --global-batch 1 --rank 0 run
try tamis cat --step 45 --global-batch 1 run
try tamis cat --step 3 --global-batch 12 run
try tamis cat --step 1 run
try tamis cat --step 1 --global-batch 12 --dp 5 run
try tamis cat --step 1 --global-batch 12 --dp 0 run
try tamis cat --step 1 --global-batch 12 --dp 2 --micro-batch 4 run
try tamis cat --step 1 --global-batch 12 --dp 2 --rank 2 run
try tamis cat --step 1 --global-batch 12 -n 1 run
try tamis cat --rank 1 run
try tamis cat --step 0 --global-batch 12 run/shard-00000
try 'tamis cat --color always -m m -n 44 run | sed "s/\x1b/ESC/g"'
try 'tamis cat --color always --plain -n 6 run | sed "s/\x1b/ESC/g"'
try 'tamis cat -n 44 run | grep -c "$(printf "\033")"'
