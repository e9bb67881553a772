# cat rejects samples that do not exist, foreign models and damaged blocks.
docs en 1 40 | tamis encode -q -m m -o en
printf 'tamis-plan 1\nseq 16\nshard 20\nphase p 480\ngroup g 1\nsource en en in=g\n' >p
tamis mix -q -p p -o run
tamis vocab -q --size 286 -o other t
try tamis cat
try tamis cat absent
try tamis cat -n 30 run
try tamis cat -n 40 en
try tamis cat -n 3 run/shard-00001
try tamis cat -n -1 run
try tamis cat -n 1 --all run
try tamis cat -m absent run
try tamis cat -m t run
try tamis cat -m . run
try tamis cat -n 1 run absent
printf '\001' | dd of=run/shard-00001.bin bs=1 seek=10 conv=notrunc status=none
try tamis cat -n 25 run
try 'tamis cat -n 5 run | sed -n 1p'
