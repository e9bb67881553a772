# What cat cannot print; it checks the blocks that it reads.
# docs NAME FIRST LAST: documents NAME-FIRST to NAME-LAST
docs() {
	awk -v name="$1" -v i="$2" -v last="$3" 'BEGIN {
		for (; i <= last; i++)
			printf "{\"id\":\"%s-%d\",\"text\":\"the mill %s number %d\"}\n", name, i, name, i
	}'
}
docs en 1 20 >t
tamis vocab -q --size 285 -o m t
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
try tamis cat -n 1 run absent
printf '\001' | dd of=run/shard-00001.bin bs=1 seek=10 conv=notrunc status=none
try tamis cat -n 25 run
try tamis cat -n 5 run | head -n 1
