# After --only-shards: verify, info and check-blend list the shards that are missing.
docs en 1 40 | tamis encode -q -m m -o en
printf 'tamis-plan 1\nseq 16\nseed 7\nshard 3\nphase p 480\ngroup g 1\nsource en en in=g\n' >p
all() {
	try tamis verify -q run
	try 'tamis info run | sed -n "1p;/tokens\|samples/p"'
	try tamis check-blend -q run
}
tamis mix -q -p p -o run --only-shards 3-4
all
tamis mix -q -p p -o run --only-shards 7
all
rm run/shard-00007.bin
try tamis verify -q run
tamis mix -q -p p -o run --only-shards all 2>err
try cat err
all
rm run/run.tsv
all
