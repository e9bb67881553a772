#!/bin/bash
# web.sh - measure the way from a WARC to kept documents, beside datatrove, in user CPU.  Prints, never fails.
#
# BIN: directory of the build.  HTML: a WARC of web pages; by default one beside the repository.
# PEER_PYTHON: a Python with datatrove and trafilatura (pip install 'datatrove[processing,io]' trafilatura),
# and one for resiliparse and a newer trafilatura in EXTRACT_PYTHON (pip install resiliparse fastwarc trafilatura).
set -u
bin=${BIN:-build}
here=$(cd "$(dirname "$0")/../.." && pwd)
html=${HTML:-$here/../shared/corpora/web/html_pages_trafilatura.warc.gz}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
TIMEFORMAT=%U

if [ ! -f "$html" ]; then
	echo "web.sh: skipped: no WARC: set HTML"
	exit 0
fi

# best NAME COMMAND...: the least seconds of five runs, in $best
best() {
	local name=$1 s
	shift
	best=
	for _ in 1 2 3 4 5; do
		s=$({ time "$@" >"$tmp/out" 2>/dev/null; } 2>&1)
		best=$(awk -v a="$s" -v b="${best:-$s}" 'BEGIN { print a < b ? a : b }')
	done
	printf '%-52s %9.3f s\n' "$name" "$best"
}

# peer NAME PYTHON SCRIPT ARGS...: the last word it prints is its seconds
peer() {
	local name=$1 s
	shift
	s=$("$@" 2>"$tmp/log" | awk 'END { print $NF }')
	if [ -z "$s" ]; then
		printf '%-52s skipped: %s\n' "$name" "$(tail -n 1 "$tmp/log")"
		return
	fi
	printf '%-52s %9.3f s %7.1f times\n' "$name" "$s" "$(awk -v a="$s" -v b="$best" 'BEGIN { print a / b }')"
}

best 'extract' "$bin/tamis" extract -q -j1 "$html"
for how in fast default resiliparse; do
	peer "peer: $how" "${EXTRACT_PYTHON:-python3}" "$here/tests/bench/peer_extract.py" "$how" "$html"
done
best 'extract, langid, quality with four rule sets, exact' "$bin/tamis" chain -q -j1 extract : langid : \
	quality -R gopher-rep,gopher,c4,fineweb : exact -o "$tmp/kept.jsonl.zst" --force "$html"
peer 'peer: datatrove, the same without languages and exact' "${PEER_PYTHON:-python3}" "$here/tests/bench/peer_web.py" \
	"$html" "$tmp/peer"
