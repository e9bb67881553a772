#!/bin/bash
# langid.sh - langid beside CLD2: MB of text a second of user CPU on one core, and how often it is right.
#
# BIN: directory of the tamis binary.  CORPORA: the corpora beside the repository; without them nothing is
# measured.  CLD2 is Debian's libcld2-dev; without it langid is measured alone.
set -eu
bin=${BIN:-build}/tamis
here=$(cd "$(dirname "$0")" && pwd)
corpora=${CORPORA:-$here/../../../shared/corpora}
[ -d "$corpora/langid" ] || { echo "langid: skipped: no corpora: name them in CORPORA=DIR" && exit; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 "$here/langid_texts.py" "$corpora" "$tmp"

# fastest COMMAND...: of seven runs, in ms of user time; leaves it in $last.
fastest() {
	local t
	TIMEFORMAT=%U last=99999999
	for _ in 1 2 3 4 5 6 7; do
		t=$({ time "$@" >/dev/null 2>&1; } 2>&1 | awk '{ print int($1 * 1000) }')
		[ "$t" -ge "$last" ] || last=$t
	done
	[ "$last" -gt 0 ] || last=1
}

# row NAME BYTES: MB/s
row() {
	printf '%-44s %8s MB/s  (%d ms)\n' "$1" $(($2 / last / 1000)) "$last"
}

cld2() {
	"$tmp/cld2" <"$1"
}

if g++ -O2 -o "$tmp/cld2" "$here/peer_cld2.cc" -lcld2 2>/dev/null; then
	have_cld2=1
else
	have_cld2=
	echo "peer: CLD2: skipped: install libcld2-dev"
fi
for kind in documents sentences short; do
	bytes=$(wc -c <"$tmp/$kind.txt")
	fastest "$bin" langid -q -j1 "$tmp/$kind.jsonl"
	row "langid -j1, $kind, JSON lines in and out" "$bytes"
	ours=$last
	[ "$have_cld2" ] || continue
	fastest cld2 "$tmp/$kind.txt"
	row "  peer: CLD2, lines of text in" "$bytes"
	echo "  ratio to CLD2: $(awk -v a="$last" -v b="$ours" 'BEGIN { printf "%.1f", a / b }')"
done
fastest "$bin" langid -q -j1 --spans "$tmp/documents.jsonl"
row "langid -j1 --spans, documents" "$(wc -c <"$tmp/documents.txt")"
for kind in paragraphs short; do
	"$bin" langid-eval -q --same nn=no "$tmp/$kind.jsonl" | tail -n 1 | sed "s/^all/  $kind/"
done
"$bin" langid -q -p 0 --spans "$tmp/mixed.jsonl" | python3 "$here/langid_mixed.py"
