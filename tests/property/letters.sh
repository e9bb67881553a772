#!/bin/bash
# letters.sh - the canonical letters of near duplicates are those of Python's unicodedata, as far as both know them.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
"$here/letters.py" "$here/../../dedup/letters.c" || fail "letters differ"
