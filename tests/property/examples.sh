#!/bin/bash
# examples.sh - the examples of the man pages run, except that their files are missing.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"

# examples PAGE: its commands that begin with tamis, one on each line
examples() {
	awk '
	function take(s) {
		gsub(/\\&/, "", s)
		gsub(/\\\(dq/, "\"", s)
		gsub(/\\e/, "\\", s)
		command = command s
		if (sub(/\\$/, " ", command) || command ~ /\|$/)
			return
		if (command ~ /^tamis /)
			print command
		command = ""
	}
	/^\.Sh/ { within = /EXAMPLES/ }
	!within { next }
	/^\.Dl / { take(substr($0, 5)) }
	/^\.Ed/ { block = 0 }
	block { take($0) }
	/^\.Bd/ { block = 1 }' "$1"
}

for page in "$here"/../../man/*.[15]; do
	examples "$page" >"$top/examples"
	while IFS= read -r command; do
		mkdir empty
		# Variables are set in the text above the example.
		case $command in
		*'$'[a-z]*) ;;
		*) (cd empty && bash -c "$command") </dev/null 2>&1 >/dev/null |
			grep '^tamis' | grep -viE 'no such file|no file matches|warning: |: [0-9]+ read, ' |
			while IFS= read -r message; do fail "${page##*/}: $command: $message"; done || true ;;
		esac
		rm -rf empty
	done <"$top/examples"
	wc -l <"$top/examples" >>"$top/count"
done
awk '{ n += $1 } END { exit n < 80 }' "$top/count" || fail "fewer than 80 examples"
