# Reports on a run of two phases and lengths, with several epochs and cut documents.
# docs NAME FIRST LAST: documents NAME-FIRST to NAME-LAST, of increasing length
docs() {
	awk -v name="$1" -v i="$2" -v last="$3" 'BEGIN {
		for (; i <= last; i++) {
			printf "{\"id\":\"%s-%d\",\"text\":\"the mill %s", name, i, name
			for (k = 0; k < i; k++)
				printf " number %d", k
			print "\"}"
		}
	}'
}
docs en 1 20 >t
tamis vocab -q --size 285 -o m t
docs en 1 60 | tamis encode -q -m m -o en
docs de 1 20 | tamis encode -q -m m -o de
docs fr 1 9 | tamis encode -q -m m -o fr
cat >p <<'PLAN'
tamis-plan 1
seq 64
seed 3
pack bestfit
batch 0 16
batch 12.8K 40
phase short 40K shard=300
phase long 10K seq=256
group en 0.75 weight.long=0.5
group rest 0.25 weight.long=0.5
source en en in=en
source de de in=rest weight=0.8 cap=40
source fr fr in=rest
PLAN
tamis mix -q -p p -o run
tamis verify -q run
try tamis check-blend run
try tamis check-blend --json run
try tamis check-blend --at 20 run
try tamis check-blend --phase long run/
try tamis check-blend --batch 3 run
try tamis check-blend --batch 3 --json run
# Shards without ids, a plan without batch lines.
sed -e '/^batch/d' -e 's/bestfit/concat/' p >q
tamis mix -q --no-ids -p q -o without
try tamis check-blend without
# Only the exit code.
try tamis check-blend -q run
