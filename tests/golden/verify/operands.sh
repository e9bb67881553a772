# Operands that are no shard and no run.
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
try tamis verify
try tamis verify absent
try tamis verify t
try tamis verify m
try tamis verify absent/
mkdir folder
try tamis verify folder
touch folder/notes
try tamis verify folder
try tamis verify -q absent en
try tamis verify -q en absent
