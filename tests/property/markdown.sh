#!/bin/bash
# markdown.sh - the Markdown of a page, read by markdown-it-py, has the text of the page: random pages, and real ones.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
python=${TAMIS_MARKDOWN_IT-python3}
"$python" -c 'import markdown_it' 2>/dev/null || skip "no markdown-it-py in $python: set TAMIS_MARKDOWN_IT to a Python that has it"
mkdir pages
"$python" "$here/markdown.py" pages pages 400

# compare OPTION... FILE...: both formats have the same text
compare() {
	tamis extract -q "$@" >text.jsonl || fail "extract: exit $?"
	tamis extract -q --format=markdown "$@" >markdown.jsonl || fail "extract --format=markdown: exit $?"
	"$python" "$here/markdown.py" compare text.jsonl markdown.jsonl || fail "extract $1: texts differ"
}
compare -a pages
# Pages of other people; not part of this repository.
real=${SHARED-$here/../../../shared}/corpora/web/html_pages_trafilatura.warc.gz
[ -r "$real" ] || skip "real pages: no $real"
compare "$real"
compare -a "$real"
