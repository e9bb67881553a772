# verify prints problems in the order of the shards for any number of threads.
docs en 1 200 | tamis encode -q -m m -o en
printf 'tamis-plan 1\nseq 16\nseed 7\nshard 10\nphase p 2400\ngroup g 1\nsource en en in=g\n' >p
tamis mix -q -p p -o run
for n in 14 03 07 00 11; do
	printf '\002' | dd of=run/shard-000$n.bin bs=1 seek=11 conv=notrunc status=none
done
rm run/shard-00005.idx
for j in 1 2 8; do
	try "tamis verify -q -j $j run >found.$j"
	cmp found.1 found.$j
done
try cat found.1
