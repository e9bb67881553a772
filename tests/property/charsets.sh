#!/bin/bash
# charsets.sh - pages in 27 charsets and 21 languages are read correctly, whether their labels are right, wrong or missing.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
"$here/charsets.py" write >pages.warc
tamis extract -q --all-text -o pages.jsonl pages.warc || fail "extract: exit $?"
"$here/charsets.py" compare pages.jsonl || fail "texts differ"

# Files of other people, each in a directory named by its charset; not part of this repository.  The text of one of
# them does not tell which of two charsets it is in.
files=${SHARED-$here/../../../shared}/corpora/web/encodings_labelled_utf-unknown.tar.zst
[ -r "$files" ] || skip "the labelled files: no $files"
zstd -dcq "$files" | tar -xf -
"$here/charsets.py" labelled encodings >list
cut -f1 list | tamis extract -q --as text --charset auto --files-from - -o labelled.jsonl || fail "extract: exit $?"
"$here/charsets.py" equal labelled.jsonl list || fail "labelled files differ"
