#!/bin/bash
# readme.sh - README.md: its plan and its commands run as printed, and print what is shown there.
#
# usage: BIN=DIR tests/property/readme.sh
# A comment "<!-- test: ... -->" marks the code block that follows it: "file NAME" is a file to write, "run" is commands,
# "output" is what the block of commands before it prints.  A line "..." ends an output early.  Epochs depend on the version
# of the SentencePiece library and are not compared.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${BIN:?set BIN to the directory of tamis}"
export PATH="$BIN:$PATH" LC_ALL=C
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/try/src"
cd "$tmp/try"
awk -v dir=. -f "$here/readme.awk"
gzip -n crawl.warc

awk -v to="$tmp" '
	/^<!-- test: .* -->$/ { kind = $3; name = $4; next }
	/^```/ && file { close(file); file = ""; next }
	/^```/ && kind {
		if (kind == "run")
			n++
		file = kind == "file" ? to "/try/" name : sprintf("%s/%02d.%s", to, n, kind)
		kind = ""
		printf "" >file
		next
	}
	file { print >file }
' "$here/../../README.md"

# Replace epochs, the last column but one of a source.
stable() {
	sed -E 's/ [0-9]+\.[0-9]{3}( +([0-9.]+|-))$/ *\1/'
}

blocks=0
for block in "$tmp"/*.run; do
	if ! bash -eu "$block" >"$tmp/out" 2>"$tmp/err"; then
		echo "readme: these commands of README.md fail:"
		cat "$block" "$tmp/out" "$tmp/err"
		exit 1
	fi
	want=${block%.run}.output
	[ -e "$want" ] || continue
	blocks=$((blocks + 1))
	lines=$(awk '$0 == "..." { exit } { n++ } END { print n + 0 }' "$want")
	head -n "$lines" "$want" | stable >"$tmp/want"
	if grep -qx '\.\.\.' "$want"; then
		head -n "$lines" "$tmp/out"
	else
		cat "$tmp/out"
	fi | stable >"$tmp/got"
	diff "$tmp/want" "$tmp/got"
done
[ "$blocks" -gt 0 ] || {
	echo "readme: no block is marked '<!-- test: output -->' in README.md"
	exit 1
}
