#!/bin/bash
# duplicates.sh - the commands in docs/removing-duplicates.md run and print the output shown there.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
# A block "sh" is a script; an unmarked block after it is its output.
mkdir "$tmp/try"
awk -v to="$tmp/block" '
	/^```sh$/ { file = sprintf("%s.%02d.sh", to, ++n); printf "" >file; next }
	/^```$/ && file { close(file); file = ""; next }
	/^```$/ { file = sprintf("%s.%02d.out", to, n); printf "" >file; next }
	file { print >file }
' "$here/../../docs/removing-duplicates.md"
cd "$tmp/try"
for block in "$tmp"/block.*.sh; do
	sh -eu "$block" >"$tmp/out" 2>"$tmp/err" || fail "$(cat "$block" "$tmp/err")"
	[ ! -e "${block%.sh}.out" ] || diff "${block%.sh}.out" "$tmp/out" || fail 'the page shows another output'
done
