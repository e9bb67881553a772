#!/bin/bash
# resume.sh - mix in two passes on two threads: killed, without space, or with damaged files between.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"

# More documents than fit into the least memory of two threads, so that there are two passes:
# ten shards of what one holds, distinguished by their seed.
mkdir tok
corpus 1 3400 >in.jsonl
tamis vocab -q --size 400 --sample 200K -o m.model in.jsonl
tamis encode -q -m m.model -o tok/0 in.jsonl
python3 - "$here" <<'PY'
import shutil, struct, sys
sys.path.insert(0, sys.argv[1])
from shard_reader import crc32c
for i in range(1, 10):
    for x in "bin", "idx", "sdx":
        shutil.copy(f"tok/0.{x}", f"tok/{i}.{x}")
    with open(f"tok/{i}.sdx", "r+b") as f:
        head = bytearray(f.read(252))
        head[224] = i
        f.seek(0)
        f.write(head + struct.pack("<I", crc32c(head)))
PY
cat >plan <<'PLAN'
tamis-plan 1
seq 512
phase p 6M shard=500
phase q 3M seq=1024 shard=300
group g 1
source a tok/* in=g
PLAN

mix() {
	tamis mix -q -j 2 --memory 32Mi -p plan "$@"
}

mix -o parts --scatter all
cp -r parts/scatter scattered
mix -o parts --only-shards all
rm -r parts/scatter
mix -o want
diff -r want parts
rm -r parts
tamis verify -q want
jobs=$(find scattered -name 'job-*' | wc -l)
[ "$jobs" -ge 2 ]

# whole DIR: what has its final name there is what it shall become
whole() {
	for f in "$1"/plan.lock "$1"/run.tsv "$1"/scatter/job-*[0-9]; do
		[ -e "$f" ] || continue
		case $f in
		*/job-*) cmp "$f" "scattered/${f##*/}" ;;
		*) cmp "$f" "want/${f##*/}" ;;
		esac || fail "$f is not whole"
	done
	ready=$(find "$1" -name 'shard-?????.sdx')
	# shellcheck disable=SC2086
	[ -z "$ready" ] || tamis verify -q --quick $ready || fail 'a shard is not whole'
	[ ! -e "$1/run.tsv" ] || same "$1" || fail 'run.tsv came too early'
}

# same DIR: DIR has the shards of want, and perhaps files that belong to a run at work
same() {
	diff -r want "$1" --exclude=scatter --exclude=run.lock --exclude='*.tmp'
}

# disturbed N ACTION EXIT STEP...: mix in which write N goes wrong; false if there are fewer
disturbed() {
	rm -f mark
	rc=0
	n=$1 action=$2 want=$3
	shift 3
	FAULT=write:$n:$action FAULT_MARK=$PWD/mark LD_PRELOAD=$BIN/tests/fault.so mix -o run "$@" 2>err || rc=$?
	[ -e mark ] || return 1
	[ $rc -eq "$want" ] || fail "exit $rc after $action at write $n of mix $*: $(cat err)"
	whole run
}

# Killed, or out of space, at every 8th write of either pass, or as a whole, and taken up again at
# each place where it stopped.  Two threads write, so write N is another one each time.
if [ -z "${TAMIS_TEST_SAN-}" ]; then
	faults=0
	for step in '--scatter all' '--only-shards all' --resume; do
		for action in KILL ENOSPC; do
			[ $action = KILL ] && exit=137 || exit=4
			rm -rf run
			[ "$step" != '--only-shards all' ] || mix -o run --scatter all
			n=8
			# shellcheck disable=SC2086
			while disturbed $n $action $exit $step; do
				[ $action = KILL ] || grep -q '^tamis mix: .*: .*No space left' err ||
					fail "on a full disk: $(cat err)"
				n=$((n + 8))
				faults=$((faults + 1))
			done
			[ $rc -eq 0 ] || fail "undisturbed: exit $rc: $(cat err)"
			# Parts do not know which temporary files are of others at work; a whole run does.
			mix -o run --resume
			diff -r want run
		done
	done
	echo "resume: $faults faults"
fi

# A run lengthened in two passes: only new samples are scattered, and killed runs are taken up.
sed 's/^phase q 3M/phase q 1M/' plan >short
tamis mix -q -j 2 -m 32Mi -p short -o begun
for n in $(if [ "${TAMIS_TEST_SAN-}" ]; then echo 90; else echo 2 5 && seq 10 70 600; fi); do
	rm -rf run mark
	cp -r begun run
	rc=0
	FAULT=write:$n:KILL FAULT_MARK=$PWD/mark LD_PRELOAD=$BIN/tests/fault.so mix -o run --extend 2>err || rc=$?
	[ -e mark ] || break
	[ $rc -eq 137 ] || fail "extend: exit $rc after KILL at write $n"
	[ ! -d run/scatter ] || [ "$(du -s run/scatter | cut -f 1)" -lt "$(du -s scattered | cut -f 1)" ] ||
		fail "extend: all samples are scattered again"
	[ ! -e run/run.tsv ] || diff -rq begun run --exclude=run.lock --exclude=plan.lock.old --exclude='*.tmp'
	mix -o run --extend
	diff -rq want run
done
[ "$n" -gt 50 ] || fail "extend: $n writes"

# A limit of the system on the size of files, which comes as a signal, too.
for kib in 100 300; do
	rm -rf run
	rc=0
	(trap '' XFSZ && ulimit -f $kib && mix -o run) 2>err || rc=$?
	[ $rc -eq 4 ] || fail "exit $rc at $kib KiB: $(cat err)"
	grep -q '^tamis mix: .*File too large' err || fail "at $kib KiB: $(cat err)"
	whole run
	mix -o run --resume
	diff -r want run
done

# Files of the first pass that were damaged: named, and made again once they are removed.
damaged() {
	rm -rf run
	mkdir run
	cp want/plan.lock run
	cp -r scattered run/scatter
	"$@" run/scatter/job-00001
	rc=0
	mix -o run --only-shards all 2>err || rc=$?
	[ $rc -eq 3 ] || fail "exit $rc after $*: $(cat err)"
	grep -q 'run/scatter/job-00001: .*--resume' err || fail "after $*: $(cat err)"
	rm run/scatter/job-00001
	whole run
	mix -o run --resume
	diff -r want run
}
flip() {
	python3 - "$@" <<'PY'
import sys
with open(sys.argv[2], "r+b") as f:
    f.seek(int(sys.argv[1]), 2 if sys.argv[1] < "0" else 0)
    byte = f.read(1)[0]
    f.seek(-1, 1)
    f.write(bytes([byte ^ 4]))
PY
}
damaged truncate -s -1
damaged truncate -s 0
for at in 3 100001 -17 -500; do damaged flip $at; done
damaged cp scattered/job-00000
