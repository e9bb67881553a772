#!/bin/bash
# sample_readers.sh - measure the reading of samples, beside the readers of others, in MB/s of ids.
#
# BIN: directory of tamis and libtshard.so.
# CORPUS, MODEL: JSON lines and a SentencePiece model of more than 65536 pieces, for ids of 4
# bytes; default: those beside the repository.
# TMPDIR: directory for all files; reads come from the page cache.
# PEER_PYTHON: a python with numpy, and some of megatron-core and torch, datatrove, litdata and
# mosaicml-streaming, for the peers (see peer_readers.py).  Missing ones are skipped.
#
# All readers get the same tokens, one sample of 4096 at a time unless stated otherwise.  Figures are
# user plus system time, the fastest of three passes, with the opening of the data.  tshard compares
# tokens and rows with their checksums, and gives labels, loss mask, positions and borders with each
# sample.  The peers compare nothing and give what their names say.
set -eu
bin=$(cd "${BIN:-build}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
shared=$here/../../../shared
corpus=${CORPUS:-$shared/corpora/english/english.jsonl.zst}
model=${MODEL:-$shared/models/internlm-103k.model}
python=${PEER_PYTHON:-python3}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for f in "$corpus" "$model"; do
	[ -r "$f" ] || { echo "sample_readers: skipped: no $f: set CORPUS and MODEL" && exit 0; }
done

"$bin/tamis" encode -q -m "$model" -o "$tmp/docs" "$corpus" 2>/dev/null
printf '%s\n' 'tamis-plan 1' 'seq 4096' 'phase p max' 'group g 1' 'source docs docs in=g' >"$tmp/plan"
"$bin/tamis" mix -q -p "$tmp/plan" -o "$tmp/run"
mkdir "$tmp/ds"
"$bin/tamis" export -q --to datatrove -o "$tmp/ds/run" "$tmp/run"
bytes=$(cat "$tmp"/run/*.bin | wc -c)
echo "input: $((bytes / 1000000)) MB of ids, $((bytes / 4 / 4096)) samples"

# measure NAME OPTION...: append a line to $tmp/rows, in the format of peer_readers.py
measure() {
	local TIMEFORMAT='%U %S %R' best=''
	for _ in 1 2 3; do
		best=$({ echo "$best" && { time "$bin/tamis" feed --bench "${@:2}" "$tmp/run" >"$tmp/said"; } 2>&1; } |
			awk 'NF == 3 && (!n || $1 + $2 < n) { n = $1 + $2; best = $0 } END { print best }')
	done
	printf '%s\t%s\t%s\n' "$1" $((bytes / 4)) "${best// /	}" >>"$tmp/rows"
}
: >"$tmp/rows"
measure 'tamis feed --bench'
measure 'tamis feed --bench, 16 samples' --micro-batch 16
if "$python" -c 'import numpy' 2>/dev/null; then
	TSHARD_LIBRARY=$bin/libtshard.so "$python" -W ignore "$here/peer_readers.py" "$tmp" >"$tmp/out" 2>"$tmp/err" ||
		echo 'readers in Python: not all measured'
	grep -P '\t' "$tmp/out" >>"$tmp/rows" || true
	grep ': skipped: ' "$tmp/err" || true
	[ -z "${DEBUG-}" ] || cat "$tmp/err"
else
	echo "readers in Python: skipped: $python has no numpy: name another one in PEER_PYTHON"
fi
awk -F '\t' '
	{
		mb = $2 * 4 / 1e6
		name[NR] = $1
		speed[NR] = mb / ($3 + $4)
		printf "%-50s %7.0f MB/s  (%.2f user %.2f sys s, %.0f MB/s elapsed)\n", $1, speed[NR], $3, $4, mb / $5
		if ($1 == "tshard, python, library, copy=False")
			ours = speed[NR]
	}
	END {
		for (i = 1; i <= NR; i++)
			if (name[i] !~ /^t/ && ours)
				printf "tshard, python, library, copy=False to %-45s %6.1f times as fast\n", name[i], ours / speed[i]
	}' "$tmp/rows"
