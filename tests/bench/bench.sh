#!/bin/bash
# bench.sh - user CPU of the filters on one core: MB/s, the fastest of five runs.  Prints, never fails.
#
# BIN: directory of the tamis binary.  CORPUS: JSON lines (.zst, .gz or plain) to use; by
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

# fastest FORMAT COMMAND...: of five runs, in ms, of what TIMEFORMAT asks for; leaves it in $last.
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

# user, cpu, wall NAME BYTES COMMAND...: MB/s of user time, of user and system time, by the clock.
row() {
	printf '%-38s %8s MB/s  (%d.%03d s %s)\n' "$1" $(($2 / last / 1000)) $((last / 1000)) $((last % 1000)) "$3"
}
user() {
	fastest %U "${@:3}"
	row "$1" "$2" user
}
cpu() {
	fastest '%U %S' "${@:3}"
	row "$1" "$2" 'user+sys'
}
wall() {
	fastest %R "${@:3}"
	row "$1" "$2" wall
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
ours=$last
if python3 -c 'import orjson' 2>/dev/null; then
	user 'peer: Python and orjson' "$bytes" python3 "$here/tests/bench/peer_exact.py" "$tmp/c.jsonl"
	echo "  ratio to Python: $((last / ours))"
else
	say_skipped 'peer: Python and orjson' 'pip install orjson'
fi
user 'norm -j1' "$bytes" "$bin" norm -q -j1 "$tmp/c.jsonl"
user 'length --tag -j1 (all edited)' "$bytes" "$bin" length -q -j1 --tag --min 1T "$tmp/c.jsonl"
for j in 1 2 4 8; do
	[ $j -le "$(nproc)" ] || break
	wall "emit, compressed: length -z -j$j" "$bytes" "$bin" length -q -z -j$j -o "$tmp/o.zst" "$tmp/c.jsonl"
done

if [ -r "$html" ]; then
	gzip -dc "$html" >"$tmp/p.warc"
	pages=$(stat -c %s "$tmp/p.warc")
	user 'extract -j1 (WARC of HTML)' "$pages" "$bin" extract -q -j1 "$tmp/p.warc"
	ours=$last
	if python3 -c 'import resiliparse, fastwarc, orjson' 2>/dev/null; then
		user 'peer: resiliparse' "$pages" "$here/tests/bench/peer_resiliparse.py" "$tmp/p.warc"
		awk -v a="$last" -v b="$ours" 'BEGIN { printf "  ratio to resiliparse: %.1f\n", a / b }'
	else
		say_skipped 'peer: resiliparse' 'pip install resiliparse orjson'
	fi
	if python3 -c 'import trafilatura' 2>/dev/null; then
		"$bin" extract -q -j1 "$tmp/p.warc" >"$tmp/p.jsonl"
		last=$(python3 "$here/tests/bench/peer_trafilatura.py" "$tmp/p.warc")
		row 'peer: trafilatura, first 60 pages' $((pages * 60 / $(wc -l <"$tmp/p.jsonl"))) user
		echo "  ratio to trafilatura: $((last * $(wc -l <"$tmp/p.jsonl") / 60 / ours))"
	else
		say_skipped 'peer: trafilatura' 'pip install trafilatura'
	fi
else
	say_skipped 'extract' 'name a WARC in HTML=FILE'
fi

# Tokens: a model of 8,000 pieces, or MODEL; the first 20 MB of the corpus.
head -c 20000000 "$tmp/c.jsonl" | sed '$d' >"$tmp/t.jsonl"
bytes=$(stat -c %s "$tmp/t.jsonl")
model=${MODEL:-$tmp/m.model}
[ -n "${MODEL-}" ] || "$bin" vocab -q --size 8000 --sample 2M -o "$model" "$tmp/t.jsonl" >/dev/null 2>&1
user 'encode -j1' "$bytes" "$bin" encode -q -j1 --force -m "$model" -o "$tmp/d" "$tmp/t.jsonl"
printf 'tamis-plan 1\nseq 2048\nphase main max\ngroup g 1\nsource d d in=g cap=10\n' >"$tmp/b.plan"
"$bin" mix -q -p "$tmp/b.plan" -o "$tmp/run" 2>/dev/null
tokens=$("$bin" info "$tmp/run" | awk '$1 == "tokens" { print $2 + 0 }')
payload=$(cat "$tmp"/run/*.bin | wc -c)
cpu 'mix -j1' "$payload" "$bin" mix -q -j1 --force -p "$tmp/b.plan" -o "$tmp/run"
echo "  tokens: $((tokens / last / 1000)) M a second"
user 'verify -j1' "$payload" "$bin" verify -q -j1 "$tmp/run"
if [ -x "${bin%/*}/tests/make_docs" ]; then
	"${bin%/*}/tests/make_docs" -d 100000 -t 100000000 -v 65536 -s 1 -n r "$tmp/r"
	payload=$(stat -c %s "$tmp/r.bin")
	user 'reshard: merge' "$payload" "$bin" reshard -q --force -o "$tmp/merged" "$tmp/r"
	user 'reshard --shards 8' "$payload" "$bin" reshard -q --force --shards 8 -o "$tmp/cut" "$tmp/r"
fi
"${CC:-cc}" -O2 -D_POSIX_C_SOURCE=200809L -I"$here" -o "$tmp/write_tshard" "$here/tests/bench/write_tshard.c" \
	"${bin%/*}/libtshard.a" -lxxhash -lpthread
printf 'the writer alone, 2 GB of u32, /tmp: '
"$tmp/write_tshard" "$tmp/w" 2

start=$({ TIMEFORMAT=%R; time for _ in $(seq 100); do "$bin" --version >/dev/null; done; } 2>&1)
echo "start-up: $(awk -v s="$start" 'BEGIN { printf "%.1f", s * 10 }') ms a run"
