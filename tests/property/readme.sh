#!/bin/bash
# readme.sh - README.md: its plan and its commands run as printed, and print what is shown there.
#
# usage: BIN=DIR tests/property/readme.sh [-u]
# -u writes what the commands print to README.md: read the difference before you commit it.
#
# A comment "<!-- test: ... -->" marks the code block that follows it: "file NAME" is a file to write, "run" is commands,
# "output" is what the block of commands before it prints.  A line "..." ends an output early.  Epochs depend on the version
# of the SentencePiece library and are not compared.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
update=${1-}
readme=$here/../../README.md
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
' "$readme"

# Replace the epochs of a source, the last column but one.
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
	if grep -qx '\.\.\.' "$want"; then
		head -n "$(($(grep -nx '\.\.\.' "$want" | head -n 1 | cut -d : -f 1) - 1))" "$tmp/out"
		echo ...
	else
		cat "$tmp/out"
	fi >"${block%.run}.new"
	[ "$update" = -u ] || diff <(stable <"$want") <(stable <"${block%.run}.new")
done
[ "$blocks" -gt 0 ] || {
	echo "readme: no block is marked '<!-- test: output -->' in README.md"
	exit 1
}
[ "$update" = -u ] || exit 0
awk -v from="$tmp" '
	/^<!-- test: .* -->$/ { kind = $3 }
	/^```/ && !inside && kind {
		inside = 1
		print
		if (kind == "run")
			n++
		if (kind == "output") {
			file = sprintf("%s/%02d.new", from, n)
			while ((getline line <file) > 0)
				print line
		}
		next
	}
	/^```/ && inside { inside = 0; kind = "" }
	!(inside && kind == "output") { print }
' "$readme" >"$tmp/readme"
cat "$tmp/readme" >"$readme"
