# shellcheck shell=bash
# prologue.sh - what every property script begins with: sourced as its first command.
#
# It leaves the script in a temporary directory of its own, which goes away with it, with tamis on
# PATH.  $here is the directory of the scripts.  fail TEXT prints a difference and marks the script
# as failed, which then ends with 1; skip WHY ends it at once, as passed.  docs N M is N documents,
# or M under a sanitizer, which takes several times as long.
set -eu -o pipefail
here=$(cd "$(dirname "$0")" && pwd)
name=$(basename "$0" .sh)
BIN=$(cd "${BIN:?set BIN to the directory of tamis}" && pwd)
export BIN PATH="$BIN:$PATH" LC_ALL=C PYTHONDONTWRITEBYTECODE=1
failed=0
tmp=$(mktemp -d)
trap 'rc=$?; rm -rf "$tmp"; exit $((rc ? rc : failed))' EXIT
trap 'exit 1' HUP INT TERM
cd "$tmp"

fail() {
	echo "$name: $*"
	failed=1
}

skip() {
	echo "$name: skipped: $*"
	exit 0
}

docs() {
	if [ "${TAMIS_TEST_SAN-}" ]; then echo "$2"; else echo "$1"; fi
}

# corpus SEED DOCS: documents of corpus.awk, the same for the same numbers
corpus() {
	awk -v seed="$1" -v docs="$2" -f "$here/corpus.awk"
}
