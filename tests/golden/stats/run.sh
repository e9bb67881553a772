# stats counts a run of two phases by source and language, as JSON and as tables.
# The size of META, and of .sdx, depends on the names of library versions.
hide() { sed -e 's/\("sdx[a-z_]*":\)[0-9.]*/\1N/g' -e 's/\("META":\)[0-9]*/\1N/' -e 's/\.sdx [0-9]*, [0-9.]*/.sdx N/' -e 's/META [0-9]*/META N/'; }
# docs NAME FIRST LAST: documents NAME-FIRST to NAME-LAST, each a little longer
docs() {
	awk -v name="$1" -v i="$2" -v last="$3" 'BEGIN {
		for (; i <= last; i++) {
			printf "{\"id\":\"%s-%d\",\"lang\":\"%s\",\"text\":\"the mill %s", name, i, name, name
			for (k = 0; k < i; k++)
				printf " number %d", k
			print "\"}"
		}
	}'
}
docs en 1 20 >t
tamis vocab -q --size 285 -o m t
docs en 1 30 | tamis encode -q -m m -o en
docs de 1 9 | tamis encode -q -m m -o de
cat >p <<'PLAN'
tamis-plan 1
seq 64
pack bestfit
phase short 12K shard=100
phase long 4K seq=256
group en 0.75 weight.long=0.5
group de 0.25 weight.long=0.5
source en en in=en
source de de in=de
PLAN
tamis mix -q -p p -o run
try 'tamis stats run | hide'
try 'tamis stats --table run | hide'
# Several paths are counted together: the shards of a run give the counts of the run.
tamis stats run >a
tamis stats run/shard-0000[01].sdx run/shard-0000[2-9].bin | cmp a -
# The output of cat gives the same numbers of segments.
segments() { awk '/^# tokens/ && !/pad/ { n[$5]++ } END { print n["en,"], n["de,"] }'; }
try 'tamis cat --all run | segments'
