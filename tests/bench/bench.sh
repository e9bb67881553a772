#!/bin/bash
# bench.sh - user CPU of the filters on one core: MB/s, the fastest of five runs.  Prints, never fails.
#
# BIN: folder of the tamis binary.  CORPUS: JSON lines (.zst, .gz or plain) to use; by
# default the English corpus beside the repository if there is one, else text made here.
# HTML: a WARC of web pages for extract; without one, extract is not measured.
set -eu
bin=${BIN:-build}/tamis
here=$(cd "$(dirname "$0")/../.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

say_skipped() {
	printf '%-34s skipped: %s\n' "$1" "$2"
}

# Text of Zipf-like words, 100 MB, the same everywhere.
generate() {
	awk 'BEGIN {
		s = 12345
		for (d = 0; d < 30000; d++) {
			printf "{\"id\":\"doc%d\",\"text\":\"", d
			for (w = 0; w < 600; w++) {
				s = (s * 1103515245 + 12345) % 2147483648
				printf "%sw%d", w ? (w % 40 ? " " : "\\n") : "", int(exp(s / 2147483648 * 9))
			}
			print "\"}"
		}
	}'
}

# user NAME BYTES COMMAND...: the fastest of five runs, in MB/s of user CPU.
user() {
	local name=$1 bytes=$2 best=999999 t
	shift 2
	for _ in 1 2 3 4 5; do
		t=$({ TIMEFORMAT=%U; time "$@" >/dev/null 2>&1; } 2>&1)
		t=${t/./}
		[ $((10#$t)) -lt $best ] && best=$((10#$t))
	done
	[ $best -gt 0 ] || best=1
	printf '%-34s %8s MB/s  (%d.%03d s user)\n' "$name" $((bytes / best / 1000)) $((best / 1000)) $((best % 1000))
	last=$best
}

# wall NAME BYTES COMMAND...: the same by the clock on the wall.
wall() {
	local name=$1 bytes=$2 best=999999 t
	shift 2
	for _ in 1 2 3 4 5; do
		t=$({ TIMEFORMAT=%R; time "$@" >/dev/null 2>&1; } 2>&1)
		t=${t/./}
		[ $((10#$t)) -lt $best ] && best=$((10#$t))
	done
	[ $best -gt 0 ] || best=1
	printf '%-34s %8s MB/s  (%d.%03d s wall)\n' "$name" $((bytes / best / 1000)) $((best / 1000)) $((best % 1000))
}

corpus=${CORPUS:-$here/../shared/corpora/english/english.jsonl.zst}
html=${HTML:-$here/../shared/corpora/web/html_pages_trafilatura.warc.gz}
if [ -r "$corpus" ]; then
	"$bin" length -q --min 0 "$corpus" >"$tmp/c.jsonl"
else
	generate >"$tmp/c.jsonl"
fi
bytes=$(stat -c %s "$tmp/c.jsonl")
echo "input: $((bytes / 1000000)) MB of JSON lines, $(nproc) processors"

user 'length -j1 (pass-through)' "$bytes" "$bin" length -q -j1 "$tmp/c.jsonl"
ours=$last
if type jq >/dev/null 2>&1; then
	user 'peer: jq -c .' "$bytes" jq -c . "$tmp/c.jsonl"
	echo "  ratio to jq: $((last / ours))"
else
	say_skipped 'peer: jq -c .' 'install jq'
fi
user 'exact -j1' "$bytes" "$bin" exact -q -j1 "$tmp/c.jsonl"
user 'norm -j1' "$bytes" "$bin" norm -q -j1 "$tmp/c.jsonl"
user 'length --tag -j1 (all edited)' "$bytes" "$bin" length -q -j1 --tag --min 1T "$tmp/c.jsonl"
for j in 1 2 4 8; do
	[ $j -le "$(nproc)" ] || break
	wall "emit, compressed: length -z -j$j" "$bytes" "$bin" length -q -z -j$j -o "$tmp/o.zst" "$tmp/c.jsonl"
done

if [ -r "$html" ]; then
	gzip -dc "$html" >"$tmp/p.warc"
	user 'extract -j1 (WARC of HTML)' "$(stat -c %s "$tmp/p.warc")" "$bin" extract -q -j1 "$tmp/p.warc"
else
	say_skipped 'extract' 'name a WARC in HTML=FILE'
fi

start=$({ TIMEFORMAT=%R; time for _ in $(seq 100); do "$bin" --version >/dev/null; done; } 2>&1)
echo "start-up: $(awk -v s="$start" 'BEGIN { printf "%.1f", s * 10 }') ms a run"
