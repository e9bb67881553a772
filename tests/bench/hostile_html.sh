#!/bin/bash
# hostile_html.sh - measure extract on pages that are hard to parse, beside ordinary ones.
#
# usage: BIN=DIR [BYTES=10000000] [PAGES=FILE.warc.gz] hostile_html.sh [KIND ...]
# Prints a line for each kind of hostile_html.py, the slowest first: its name, ns of user CPU time
# per byte, times that of the pages, and the peak memory in MB.  PAGES: by default, those of the
# corpora beside the repository.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/../property/prologue.sh"
pages=${PAGES-$here/../../../shared/corpora/web/html_pages_trafilatura.warc.gz}
bytes=${BYTES:-10000000}
make=$here/../bench/hostile_html.py
# shellcheck disable=SC2046 # names without blanks
[ $# -gt 0 ] || set -- $("$make" --list)
[ -e "$pages" ] || skip 'PAGES names no WARC file'

# measure NAME FILE: the name, the seconds, the bytes, the peak in KiB
measure() {
	/usr/bin/time -o time -f '%U %M' tamis extract -j1 -o out "$2" 2>log || cat log >&2
	echo "$1 $(cat time) $(stat -c %s "$2")"
}

gzip -dc "$pages" >pages.warc
echo '<p>a' >start.html
{
	measure start start.html
	measure pages pages.warc
	measure pages pages.warc
	for kind in "$@"; do
		"$make" "$kind" "$bytes" >page.html
		measure "$kind" page.html
	done
} | awk '
$1 == "start" { start = $2; next }
{ ns = ($2 - start) / $4 * 1e9 }
$1 == "pages" { base = !base || ns < base ? ns : base; next }
{ printf "%-16s %7.1f %6.1f %6d\n", $1, ns, ns / base, $3 / 1000 }
END { printf "%-16s %7.1f %6.1f\n", "(pages)", base, 1 }' | sort -k3,3nr
