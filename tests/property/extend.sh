#!/bin/bash
# extend.sh - a run lengthened by mix --extend has the bytes of the long run, and keeps its payload.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
for i in 1 2 3; do corpus $i $((i * 80)) | sed "s/^{/{\"n\":$((i % 2)),/" >$i.jsonl; done
tamis vocab -q --size 400 -o m.model 1.jsonl 2.jsonl
for i in 1 2 3; do tamis encode -q -m m.model --number n -o s$i $i.jsonl; done

# plan NAME TEXT: write a plan
plan() {
	printf 'tamis-plan 1\nseed 5\n%b' "$2" >"$1"
}

# payload N: name, inode and time of change of the first N payloads and indexes of run
payload() {
	find run -name '*.bin' -o -name '*.idx' | sort | xargs stat -c '%n %i %y' | awk -v n="$1" 'NR <= 2 * n'
}

# extends WHOLE SHORT LONG: extend the run of SHORT to LONG; its first WHOLE shards stay untouched
pairs=0
extends() {
	plan short "$2"
	plan long "$3"
	rm -rf run want
	tamis mix -q -p short -o run
	tamis mix -q -p long -o want
	payload "$1" >before
	tamis mix -q -p long -o run --extend 2>err || fail "$2 to $3: $(cat err)"
	diff -rq want run | head -n 3 | grep . && fail "$2 to $3: other bytes"
	tamis verify -q run
	payload "$1" | diff before - || fail "$2 to $3: payload was written again"
	# Once more changes nothing.
	tamis mix -q -p long -o run --extend
	diff -rq want run
	pairs=$((pairs + 1))
}

# refuses WHY SHORT LONG: LONG does not begin with the run of SHORT
refuses() {
	plan short "$2"
	plan long "$3"
	rm -rf run before
	tamis mix -q -p short -o run
	cp -r run before
	rc=0
	tamis mix -q -p long -o run --extend 2>err || rc=$?
	[ $rc -eq 3 ] || fail "$2 to $3: exit $rc: $(cat err)"
	grep -qF "run/plan.lock: the plan does not begin with this run, $1: choose" err || fail "$2 to $3: $(cat err)"
	diff -rq before run
	tamis verify -q run
	pairs=$((pairs + 1))
}

one='group g 1\nsource s3 s3 in=g\nsource s1 s1 in=g\n'
two='group g 0.7\ngroup h 0.3\nsource s3 s3 in=g cap=9\nsource s1 s1 in=g\nsource s2 s2 in=h cap=9\n'
p='seq 64\nshard 50\n'
# More samples in the last phase; a partial last shard; shards whole by chance; the same length.
extends 4 "${p}phase p 13120\n$two" "${p}phase p 26000\n$two"
extends 4 "${p}phase p 12800\n$two" "${p}phase p 12864\n$two"
extends 0 "${p}phase p 640\n$one" "${p}phase p 60K\n$one"
extends 5 "${p}phase p 13120\n$two" "${p}batch 0 8\nphase p 13120\n$two"
# Another phase, with other weights, lengths, groups and sources.
extends 5 "${p}phase p 13120\n$two" "${p}phase p 13120\nphase q 9K seq=32\ngroup g 0.7 weight.q=0.2\ngroup h 0.3 weight.q=0.8
source s3 s3 in=g cap=9\nsource s1 s1 in=g\nsource s2 s2 in=h cap=9\n"
extends 4 "${p}phase p 13120\nphase q 9K seq=96 shard=1000\n$one" "${p}phase p 13120\nphase q 15K seq=96 shard=1000\nphase r 9K\n$one"
extends 4 "${p}phase p 13K\n$one" "${p}phase p 15K\nphase q 5K\ngroup g 1 weight.q=0.5\ngroup i 0 weight.q=0.5
source s3 s3 in=g weight.q=0\nsource s1 s1 in=g\nsource s2 s2 in=i\n"
# Packing, copies, documents held out; epochs that go on; lengths that return.
extends 3 "${p}pack bestfit\nphase p 10K\n$two" "${p}pack bestfit\nphase p 120K\n$two"
extends 3 "${p}hold 0.2\nphase p 10K\ngroup g 1\nsource s3 s3 in=g copies=1:2.5\nsource s2 s2 in=g only=held\n" \
	"${p}hold 0.2\nphase p 200K\ngroup g 1\nsource s3 s3 in=g copies=1:2.5\nsource s2 s2 in=g only=held\n"
extends 3 "${p}phase p 9600\nphase q 300K seq=256\nphase r 5K\n$one" "${p}phase p 9600\nphase q 300K seq=256\nphase r 500K\nphase s 90K seq=256\n$one"
# A cap that the short run does not reach, and as many samples as the caps allow.
extends 3 "${p}phase p 10K\n$one" "${p}phase p max\n$one"
extends 3 "${p}phase p 10K\ngroup g 1\nsource s1 s1 in=g cap=4\n" "${p}phase p 120K\ngroup g 1\nsource s1 s1 in=g cap=9\n"

refuses 'its documents are packed in another way' "${p}phase p 10K\n$one" "${p}pack bestfit\nphase p 20K\n$one"
refuses "it lacks phase 'q'" "${p}phase p 10K\nphase q 9K\n$one" "${p}phase p 90K\n$one"
refuses "its phase 'r' is phase 'q' of the run" "${p}phase p 10K\nphase q 9K\n$one" "${p}phase p 10K\nphase r 90K\n$one"
refuses "phase 'p' has another length of samples or shards" "${p}phase p 10K\n$one" "seq 64\nshard 51\nphase p 20K\n$one"
refuses "phase 'p' has 312 samples, in the run 156" "${p}phase p 10K\nphase q 10K\n$one" "${p}phase p 20K\nphase q 10K\n$one"
refuses "phase 'p' has 78 samples, in the run 156" "${p}phase p 10K\n$one" "${p}phase p 5K\n$one"
refuses "its group 'h' is group 'g' of the run" "${p}phase p 10K\n$one" "${p}phase p 20K\ngroup h 0.5\ngroup g 0.5\nsource s3 s3 in=g\nsource s1 s1 in=g\nsource s2 s2 in=h\n"
refuses "group 'g' has another weight in phase 'p'" "${p}phase p 10K\n$one" "${p}phase p 20K\ngroup g 0.5\ngroup h 0.5\nsource s3 s3 in=g\nsource s1 s1 in=g\nsource s2 s2 in=h\n"
refuses "it lacks source 's1'" "${p}phase p 10K\n$one" "${p}phase p 20K\ngroup g 1\nsource s3 s3 in=g\n"
refuses "its source 's1' is source 's3' of the run" "${p}phase p 10K\n$one" "${p}phase p 20K\ngroup g 1\nsource s1 s1 in=g\nsource s3 s3 in=g\n"
refuses "source 's1' has other shards" "${p}phase p 10K\n$one" "${p}phase p 20K\ngroup g 1\nsource s3 s3 in=g\nsource s1 s[12] in=g\n"
refuses "source 's1' has other copies" "${p}phase p 10K\n$one" "${p}phase p 20K\ngroup g 1\nsource s3 s3 in=g\nsource s1 s1 in=g copies=1:2\n"
refuses "source 's1' holds out other documents" "${p}phase p 10K\n$one" "${p}phase p 20K\ngroup g 1\nsource s3 s3 in=g\nsource s1 s1 in=g hold=0.1\n"
refuses "source 's3' has another weight in phase 'p'" "${p}phase p 10K\n$one" "${p}phase p 20K\ngroup g 1\nsource s3 s3 in=g weight=0.5\nsource s1 s1 in=g\n"
refuses "source 's1' has another cap, which the run reaches" "${p}phase p max\ngroup g 1\nsource s1 s1 in=g cap=1\n" "${p}phase p max\ngroup g 1\nsource s1 s1 in=g cap=2\n"
# The weights that unimax= gives depend on the length of the phase.
refuses "source 's3' has another weight in phase 'p'" "${p}phase p 100K\ngroup g 1 unimax=1\nsource s3 s3 in=g\nsource s2 s2 in=g\n" \
	"${p}phase p 160K\ngroup g 1 unimax=1\nsource s3 s3 in=g\nsource s2 s2 in=g\n"

# Pairs of plans at random: what --extend accepts has the bytes of the long run.
cat >random.awk <<'AWK'
# usage: awk -v seed=N -f random.awk: write the plans "short" and "long"
function random(n) { state = state * 16807 % 2147483647; return int(state / 7) % n }
function both(text) { printf "%s\n", text >"short"; printf "%s\n", text >"long" }
BEGIN {
	state = seed * 7919 + 17
	for (i = 0; i < 20; i++) random(2)
	split("32 64 100 256", seq)
	both("tamis-plan 1\nseed " seed "\nshard " 20 + random(60))
	if (random(3) == 0) both("pack bestfit")
	phases = 1 + random(2)
	lengths = 1 + random(2)
	for (k = 1; k <= phases; k++) {
		long = short = 2000 + random(50) * random(700)
		if (k == phases && random(4) > 0) long = random(3) ? short + random(60000) : "max"
		len = seq[1 + random(4) * (lengths > 1) + (lengths == 1)]
		printf "phase p%d %s seq=%d\n", k, short, len >"short"
		printf "phase p%d %s seq=%d\n", k, long, len >"long"
	}
	if (long != "max" && random(2)) {
		printf "phase more %d seq=%d\n", 3000 + random(9000), seq[2 + random(2)] >"long"
	}
	both("group g 1")
	for (s = 1; s <= 3; s++) {
		copies = random(3) ? "" : " copies=1:1.5"
		for (to = 0; to < 2; to++) {
			cap = random(3) ? (to ? cap : 3 * random(2)) : random(6)
			printf "source s%d s%d in=g%s%s\n", s, s, copies, cap ? " cap=" cap : "" >(to ? "long" : "short")
		}
	}
}
AWK
same=0 refused=0
for seed in $(seq 1 "$(docs 60 20)"); do
	rm -rf run want
	awk -v seed="$seed" -f random.awk
	# Most of the others need more tokens than a cap allows.
	if ! tamis mix -q -p short -o run 2>err || ! tamis mix -q -p long -o want 2>err; then continue; fi
	if tamis mix -q -p long -o run --extend 2>err; then
		diff -rq want run | head -n 3 | grep . && fail "random plans $seed: other bytes"
		same=$((same + 1))
	else
		grep -q 'does not begin with this run' err || fail "random plans $seed: $(cat err)"
		refused=$((refused + 1))
	fi
done
[ $same -ge "$(docs 30 8)" ] || fail "of the random plans, $same are longer and $refused are not"
