# feed rejects ranks and samples that do not exist, and damaged blocks.
docs en 1 40 | tamis encode -q -m m -o en
printf 'tamis-plan 1\nseq 16\nshard 20\nphase p 480\ngroup g 1\nsource en en in=g\n' >p
tamis mix -q -p p -o run
try tamis feed
try tamis feed run run
try tamis feed absent
try tamis feed t
try tamis feed en
try tamis feed --dp 0 run
try tamis feed --dp 4 --rank 4 run
try tamis feed --micro-batch 0 run
try tamis feed --depth 1M run
try tamis feed -n 0 run
try tamis feed --order blend run
try tamis feed --consumed 31 run
try tamis feed --consumed 30 run
try tamis feed --consumed 10 -n 21 run
try tamis feed --step 5 run
printf '\001' | dd of=run/shard-00001.bin bs=1 seek=10 conv=notrunc status=none
try tamis feed run
try tamis feed -n 20 run
