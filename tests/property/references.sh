#!/bin/bash
# references.sh - character references mean what they mean to Python's html.unescape: all names, numbers and random strings.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
mkdir pages
"$here/references.py" pages pages
tamis extract -q -a pages >docs
"$here/references.py" check <docs || fail "references differ"
sed -n '/^static const char \*const table/,/^};/p' "$here/../../filters/web/html/html_references.c" | grep '^	"' >table
"$here/references.py" table | cmp - table || fail "table differs"
