# shellcheck shell=bash
# docs.sh - the set-up of tests on shards: t, a few documents, and m, a model of them.

# docs NAME FIRST LAST: documents NAME-FIRST to NAME-LAST
docs() {
	awk -v name="$1" -v i="$2" -v last="$3" 'BEGIN {
		for (; i <= last; i++)
			printf "{\"id\":\"%s-%d\",\"text\":\"the mill %s number %d\"}\n", name, i, name, i
	}'
}

docs en 1 20 >t
tamis vocab -q --size 285 -o m t
