# feed hashes the same samples for any number of ranks, orders, and before and after a resume.
docs en 1 40 | tamis encode -q -m m -o en
printf 'tamis-plan 1\nseq 16\nshard 20\nphase p 640\ngroup g 1\nsource en en in=g\n' >p
tamis mix -q -p p -o run
try tamis feed -n 32 run
try tamis feed -n 32 --dp 8 run
try tamis feed -n 32 --dp 4 --micro-batch 4 run
try tamis feed -n 32 --dp 4 --micro-batch 2 --order strided --depth 0 run
try tamis feed -n 16 --progress=never run
try tamis feed -n 16 --consumed 16 run
try tamis feed -n 16 --consumed 16 --dp 2 run
note "the parts of two ranks, and the samples that do not fill a batch"
try tamis feed --dp 2 --rank 0 run
try tamis feed --dp 2 --rank 1 run
try tamis feed --dp 3 --micro-batch 4 run
try tamis feed -n 32 --within run
try 'tamis feed --bench --step 1 run | sed "s/[0-9][0-9.]*/N/g"'
