#!/bin/bash
# report_page.sh - a browser shows the page of report without scrolling sideways, and asks for no other file.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || skip 'no chromium (apt install chromium)'
[ -z "${TAMIS_TEST_SAN-}" ] || skip 'a browser runs it, not tamis'
corpus 3 300 >docs.jsonl
tamis vocab -q --size 600 -o m docs.jsonl 2>/dev/null
tamis length -q -m 200 -r short.rejects -o long.jsonl docs.jsonl
tamis encode -q -m m --source en/a-very-long-name-of-a-source-that-does-not-fit-on-a-phone -o en long.jsonl
printf '%s\n' 'tamis-plan 1' 'seq 64' 'phase p 6400' 'group en 1' 'source en en in=en' >plan
tamis mix -q -p plan -o run
tamis report -q -o page.html run en short.rejects
grep -Eo '(src|href|url)[=(][^ >]*' page.html && fail 'the page names other files'
# The script tells what the browser made of the page.
{
	cat page.html
	cat <<'S'
<script>
document.querySelectorAll("details").forEach(d => d.open = true);
document.title = ["shown", document.querySelectorAll("svg polygon").length, document.querySelectorAll("table").length > 3,
	document.documentElement.scrollWidth <= innerWidth, getComputedStyle(document.body).colorScheme].join(" ");
</script>
S
} >probe.html
for width in 1200 500; do
	timeout 120 "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$PWD/profile" --window-size=$width,900 \
		--dump-dom "file://$PWD/probe.html" >dom 2>browser.log || skip "the browser does not start: $(tail -n 1 browser.log)"
	grep -q '<title>shown 1 true true ' dom || fail "at $width pixels: $(grep -o '<title>[^<]*' dom)"
done
