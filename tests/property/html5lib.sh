#!/bin/bash
# html5lib.sh - the HTML parser passes html5lib-tests, where TAMIS_HTML5LIB names a copy of them.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
[ -d "${TAMIS_HTML5LIB-}" ] || skip "TAMIS_HTML5LIB names no copy of html5lib-tests"
"$here/html5lib.py" "$BIN/tests/html5_dump" "$TAMIS_HTML5LIB" || fail "tests of html5lib-tests fail"
