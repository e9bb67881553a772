# What is no shard, or not a whole one: the file, what is wrong with it, and what to do.
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
try tamis info
try tamis info absent
try tamis info t
try tamis info m
for part in bin idx sdx; do
	for x in bin idx sdx; do cp en.$x cut.$x; done
	head -c 60 en.$part >cut.$part
	try tamis info cut
	rm cut.$part
	try tamis info cut
done
