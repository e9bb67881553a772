#!/bin/bash
# rules.sh - the quality rules, alone and in a chain, on one core: MB/s of JSON lines, the fastest of five runs.
#
# BIN: directory of the tamis binary.  CORPUS: JSON lines (.zst, .gz or plain); by default the
# English corpus beside the repository if there is one, else nothing is measured.  With a
# python3 that has datatrove, its filters run on about 2 MB of the same; with spaCy, with its
# own tokenizer, too.
set -eu
bin=${BIN:-build}/tamis
here=$(cd "$(dirname "$0")/../.." && pwd)
corpus=${CORPUS:-$here/../shared/corpora/english/english.jsonl.zst}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
if [ ! -r "$corpus" ]; then
	echo "quality: skipped: name a corpus in CORPUS=FILE"
	exit 0
fi
"$bin" length -q --min 0 "$corpus" >"$tmp/c.jsonl"
bytes=$(stat -c %s "$tmp/c.jsonl")

# fastest FORMAT COMMAND...: ms of what TIMEFORMAT asks for, in $last
fastest() {
	local t
	TIMEFORMAT=$1 last=99999999
	shift
	for _ in 1 2 3 4 5; do
		t=$({ time "$@" >/dev/null 2>&1; } 2>&1 | awk '{ print int(($1 + $2) * 1000) }')
		[ "$t" -ge "$last" ] || last=$t
	done
	[ "$last" -gt 0 ] || last=1
}

# row NAME ARGS...: of user time
row() {
	fastest %U "$bin" "${@:2}" -q -j1 "$tmp/c.jsonl"
	printf '%-46s %6s MB/s  (%d ms user)\n' "$1" $((bytes / last / 1000)) "$last"
}

# Three filters as one process, and as three; what the pipes cost is system time.
four=gopher,gopher-rep,c4,fineweb
chained() {
	"$bin" chain -q -j1 norm : langid : quality -R $four "$tmp/c.jsonl"
}
piped() {
	"$bin" norm -q -j1 "$tmp/c.jsonl" | "$bin" langid -q -j1 | "$bin" quality -q -j1 -R $four
}
compare_chain() {
	local ours
	fastest %U chained
	printf '%-46s %6s MB/s  (%d ms user)\n' 'chain norm : langid : quality, the four' $((bytes / last / 1000)) "$last"
	fastest '%U %S' chained
	ours=$last
	fastest '%U %S' piped
	printf '%-46s %6s MB/s  (%d ms user+sys)\n' '  the same as a pipeline of three' $((bytes / last / 1000)) "$last"
	echo "  ratio, user+sys: $(awk -v a="$last" -v b="$ours" 'BEGIN { printf "%.2f", a / b }')"
}

echo "quality: $((bytes / 1000000)) MB of JSON lines"
row 'length (pass-through, to compare)' length --min 0
row 'quality, words and sentences only: --segments' quality --segments
for sets in gopher gopher-rep c4 fineweb nemo dolma dclm rpv2 code; do
	row "quality -R $sets" quality -R $sets
done
compare_chain
row "quality -R $four --tag" quality -R $four --tag
row "quality -R $four" quality -R $four
if ! python3 -c 'import datatrove' 2>/dev/null; then
	echo 'peer: datatrove                                skipped: pip install datatrove'
	exit 0
fi
read -r sample given own <<<"$(python3 "$here/tests/bench/peer_rules.py" "$bin" "$tmp/c.jsonl" 2000000)"
peer() {
	if [ "$2" -eq 0 ]; then
		printf '%-46s skipped: pip install spacy\n' "$1"
		return
	fi
	awk -v name="$1" -v b="$sample" -v ms="$2" -v ours="$((bytes / last / 1000))" 'BEGIN {
		printf "%-46s %6.2f MB/s  (%d ms user, %.1f MB)\n  ratio: %d\n", name, b / ms / 1000, ms, b / 1e6, ours / (b / ms / 1000)
	}'
}
peer 'peer: datatrove, the four, our words for nothing' "$given"
peer 'peer: datatrove, the four, its own words (spaCy)' "$own"
