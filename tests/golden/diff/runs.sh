# diff finds the first difference of two runs, counts them, and tells another order from other tokens.
try tamis diff run run
try tamis diff --json run run
# The size of shards does not matter.
sed 's/shard 20/shard 7/' p >small
tamis mix -q -p small -o small-shards
try tamis diff run small-shards
# Another seed: the same samples in another order.
sed 's/seq 16/seq 16\nseed 7/' p >seed
tamis mix -q -p seed -o seed-7
for j in 1 4; do
	try tamis diff -j $j run seed-7
done
try tamis diff -m m --json run seed-7
# One document has another number, so one token differs.
docs en 1 40 | sed 's/number 7"/number 8"/' | tamis encode -q -m m -o changed
sed 's/source en en/source en changed/' p >q
tamis mix -q -p q -o changed-run
try tamis diff run changed-run
try tamis diff -m m run changed-run
try tamis diff --json -m m run changed-run
# A longer run.
printf 'tamis-plan 1\nseq 16\nshard 20\nphase p 320\ngroup g 1\nsource en en in=g\n' >short
tamis mix -q -p short -o short-run
try tamis diff run short-run
try tamis diff short-run run/shard-00000
