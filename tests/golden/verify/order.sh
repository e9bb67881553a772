# What is found comes in the order of the shards, whatever the number of threads.
# docs NAME FIRST LAST: documents NAME-FIRST to NAME-LAST
docs() {
	awk -v name="$1" -v i="$2" -v last="$3" 'BEGIN {
		for (; i <= last; i++)
			printf "{\"id\":\"%s-%d\",\"text\":\"the mill %s number %d\"}\n", name, i, name, i
	}'
}
docs en 1 20 >t
tamis vocab -q --size 285 -o m t
docs en 1 200 | tamis encode -q -m m -o en
printf 'tamis-plan 1\nseq 16\nseed 7\nshard 10\nphase p 2400\ngroup g 1\nsource en en in=g\n' >p
tamis mix -q -p p -o run
for n in 14 03 07 00 11; do
	printf '\002' | dd of=run/shard-000$n.bin bs=1 seek=11 conv=notrunc status=none
done
rm run/shard-00005.idx
for j in 1 2 8; do
	rc=0
	tamis verify -q -j $j run >found.$j || rc=$?
	echo $rc
	cmp found.1 found.$j
done
cat found.1
