#!/bin/bash
# charsets.sh - pages in 27 charsets and 21 languages are read correctly, whether their labels are right, wrong or missing;
# and so are 98 % of whole pages without labels, in 39 charsets and 20 languages.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
"$here/charsets.py" write >pages.warc
tamis extract -q --all-text -o pages.jsonl pages.warc || fail "extract: exit $?"
"$here/charsets.py" compare pages.jsonl || fail "texts differ"

shared=${SHARED-$here/../../../shared}
# Whole pages of sentences on which the model is not trained; not part of this repository.
sentences=$shared/corpora/langid
[ -r "$sentences/dev_tatoeba_sentences.tsv.zst" ] || skip "pages of other sentences, the labelled files: no $sentences"
zstd -dcq "$sentences"/dev_*.tsv.zst >sentences.tsv
"$here/charsets.py" pages sentences.tsv >whole.warc
tamis extract -q --all-text -o whole.jsonl whole.warc || fail "extract: exit $?"
"$here/charsets.py" matrix whole.jsonl || fail "fewer than 98 % of the pages in a charset are right"

# Files of other people, each in a directory named by its charset; not part of this repository.  The text of one of
# them does not tell which of two charsets it is in.
files=$shared/corpora/web/encodings_labelled_utf-unknown.tar.zst
[ -r "$files" ] || skip "the labelled files: no $files"
zstd -dcq "$files" | tar -xf -
"$here/charsets.py" labelled encodings >list
cut -f1 list | tamis extract -q --as text --charset auto --files-from - -o labelled.jsonl || fail "extract: exit $?"
"$here/charsets.py" equal labelled.jsonl list || fail "labelled files differ"
