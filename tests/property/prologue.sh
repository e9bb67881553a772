# shellcheck shell=bash
# prologue.sh - what every property script begins with: sourced as its first command.
#
# It leaves the script in a temporary directory of its own, which goes away with it, with tamis on
# PATH.  $here is the directory of the scripts.  fail TEXT prints a difference and marks the script
# as failed, which then ends with 1; skip WHY ends it at once, as passed.  docs N M is N documents,
# or M under a sanitizer, which takes several times as long.
set -eu -o pipefail
here=$(cd "$(dirname "$0")" && pwd)
script=$(basename "$0" .sh)
BIN=$(cd "${BIN:?set BIN to the directory of tamis}" && pwd)
export BIN PATH="$BIN:$PATH" LC_ALL=C PYTHONDONTWRITEBYTECODE=1
# The parent process may ignore SIGPIPE, and a shell cannot undo that.
[ -z "$(trap -p PIPE)" ] || exec env --default-signal=PIPE "$0" "$@"
top=$(mktemp -d)
tmp=$top/work
# shellcheck disable=SC2154 # rc is set in the trap itself
trap 'rc=$?; [ ! -e "$top/failed" ] || rc=1; rm -rf "$top"; exit $rc' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$tmp"
cd "$tmp"

# A file, as a variable of a pipeline's subshell would be lost.
fail() {
	echo "$script: $*"
	: >"$top/failed"
}

skip() {
	echo "$script: skipped: $*"
	exit 0
}

docs() {
	if [ "${TAMIS_TEST_SAN-}" ]; then echo "$2"; else echo "$1"; fi
}

# corpus SEED DOCS: documents of corpus.awk, the same for the same numbers
corpus() {
	awk -v seed="$1" -v docs="$2" -f "$here/corpus.awk"
}
