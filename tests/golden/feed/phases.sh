# feed reads samples of one length: a phase of another length needs a feed of its own.
docs en 1 60 | tamis encode -q -m m -o en
printf 'tamis-plan 1\nseq 16\nshard 8\nphase a 160\nphase b 320 seq=32\ngroup g 1\nsource en en in=g cap=9\n' >p
tamis mix -q -p p -o run
try tamis feed -n 10 run
try tamis feed --consumed 10 run
try tamis feed --consumed 10 --dp 2 --micro-batch 5 run
try tamis feed --consumed 20 run
note 'across the change'
try tamis feed run
try tamis feed --depth 0 --consumed 9 --micro-batch 2 run
try tamis feed --consumed 9 -n 2 --dp 2 run
