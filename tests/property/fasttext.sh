#!/bin/sh
# fasttext.sh - classify says what fastText itself says, of models that it trains here.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${BIN:?set BIN to the folder of tamis}"
export PATH="$BIN:$PATH" LC_ALL=C
if ! command -v fasttext >/dev/null; then
	echo "fasttext: skipped: no fasttext here (apt install fasttext)"
	exit 0
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
python3 "$here/fasttext.py"
