#!/bin/bash
# resume.sh - mix killed a hundred times, on a full disk, or with damaged files between its passes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${BIN:?set BIN to the folder of tamis}"
export PATH="$BIN:$PATH" LC_ALL=C PYTHONDONTWRITEBYTECODE=1
tmp=$(mktemp -d)
trap 'umount "$tmp/small" 2>/dev/null || true; rm -rf "$tmp"' EXIT
cd "$tmp"

fail() {
	echo "resume.sh: $*"
	exit 1
}

# More documents than fit into the least memory of two threads, so that there are two passes:
# ten shards of what one holds, told apart by their seed.
mkdir tok
awk -v seed=1 -v docs=3400 -f "$here/corpus.awk" >in.jsonl
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
	tamis mix -q -j 2 -m 32Mi -p plan "$@"
}

mix -o parts --scatter all
cp -r parts/scatter scattered
mix -o parts --only-shards all
rm -r parts/scatter
start=$(date +%s%N)
mix -o want
lasts=$((($(date +%s%N) - start) / 1000000))
diff -r want parts
tamis verify -q want
jobs=$(find scattered -name 'job-*' | wc -l)
[ "$jobs" -ge 2 ]

# whole FOLDER: what has its final name there is what it shall become
whole() {
	for f in "$1"/plan.lock "$1"/run.tsv "$1"/scatter/job-*; do
		[ -e "$f" ] || continue
		case $f in
		*/job-*[0-9]) cmp "$f" "scattered/${f##*/}" ;;
		*/plan.lock | */run.tsv) cmp "$f" "want/${f##*/}" ;;
		esac || fail "$f is not whole"
	done
	ready=$(find "$1" -name 'shard-?????.sdx')
	# shellcheck disable=SC2086
	[ -z "$ready" ] || tamis verify -q --quick $ready || fail 'a shard is not whole'
	[ ! -e "$1/run.tsv" ] || diff -r want "$1" --exclude=scatter --exclude=run.lock --exclude='*.tmp' || fail 'run.tsv came too early'
}

# Killed at any moment of either pass and taken up again, as a whole or in parts.
RANDOM=20240614
[ $lasts -lt 400 ] || lasts=400
kills=0 runs=0 in_first=0 in_second=0
while [ $kills -lt 100 ]; do
	folder=run-$runs
	step=--resume
	# On a slow machine the first pass would get all of the kills.
	[ $((runs % 2)) -eq 0 ] && [ $in_first -lt 60 ] || step='--scatter all'
	while [ -n "$step" ]; do
		# shellcheck disable=SC2086
		tamis mix -q -j 2 -m 32Mi -p plan -o $folder $step 2>err &
		pid=$!
		done=$(find $folder/scatter -name 'job-*[0-9]' 2>/dev/null | wc -l)
		sleep "$(printf '0.%03d' $((RANDOM % (done < jobs ? lasts : lasts / 4) + 5)))"
		[ $kills -ge 100 ] || { [ "$done" -lt "$jobs" ] && [ $in_first -ge 60 ]; } ||
			kill -KILL $pid 2>/dev/null || true
		rc=0
		wait $pid 2>/dev/null || rc=$?
		[ ! -d $folder ] || whole $folder
		case $rc in
		0)
			case $step in
			--scatter*) step='--only-shards all' ;;
			*) step= ;;
			esac
			;;
		137)
			kills=$((kills + 1))
			if [ "$done" -lt "$jobs" ]; then
				in_first=$((in_first + 1))
			else
				in_second=$((in_second + 1))
			fi
			;;
		*) fail "exit $rc: $(cat err)" ;;
		esac
	done
	# Parts do not know which temporary files are of others at work; a whole run does.
	mix -o $folder --resume
	diff -r want $folder
	rm -r $folder
	runs=$((runs + 1))
done
if [ $in_first -lt 10 ] || [ $in_second -lt 10 ]; then
	fail "$in_first and $in_second kills in the two passes"
fi
echo "resume.sh: $kills kills in $runs runs, $in_first of them begun before the second pass"

# A full disk: said, nothing half written under a final name, and taken up again.
full() {
	rc=0
	"$@" 2>err || rc=$?
	[ $rc -eq 4 ] || fail "exit $rc on a full disk: $(cat err)"
	grep -q "^tamis mix: .*$why" err || fail "on a full disk: $(cat err)"
	whole "${folder:?}"
}
limited() {
	(
		trap '' XFSZ
		ulimit -f "$1"
		shift
		mix "$@"
	)
}
why='File too large'
folder=limited
for kib in 100 300; do
	full limited $kib -o $folder
	full limited $kib -o $folder --resume
	mix -o $folder --resume
	diff -r want $folder
	rm -r $folder
done
mkdir small
if mount -t tmpfs -o size=1m none small 2>/dev/null; then
	why='No space left'
	folder=small/run
	for mib in 4 12 21 25 30; do
		mount -o remount,size=${mib}m small
		if [ $mib -eq 4 ]; then
			full mix -o $folder
		else
			full mix -o $folder --resume
		fi
	done
	mount -o remount,size=100m small
	mix -o $folder --resume
	diff -r want $folder
	umount small
else
	echo 'resume.sh: no small file system: mounting is not allowed'
fi

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
	grep -q 'run/scatter/job-00001: .*: remove it and continue with --resume' err || fail "after $*: $(cat err)"
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
