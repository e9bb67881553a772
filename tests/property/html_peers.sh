#!/bin/bash
# html_peers.sh - the trees of web pages are those of lexbor, where Python has it.
#
# TAMIS_HTML_PAGES: a directory of pages, or a WARC file; by default the pages in the corpora beside
# the repository, if they are there.  HTML_REPORT: a file for the differences.
# PATH=VENV/bin:$PATH makes python3 one that has selectolax.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
pages=${TAMIS_HTML_PAGES-$here/../../../shared/corpora/web/html_pages_trafilatura.warc.gz}
[ -e "$pages" ] || skip 'TAMIS_HTML_PAGES names no pages'
python3 -c 'import selectolax.lexbor' 2>/dev/null || skip 'python3 has no selectolax (pip install selectolax)'
[ -z "${TAMIS_TEST_SAN-}" ] || skip 'it takes too long under sanitizers'
python3 "$here/html_peers.py" "$BIN/tests/html5_dump" "$pages" "${HTML_REPORT-$tmp/report}" || fail 'texts differ from those of lexbor'
