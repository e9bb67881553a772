#!/bin/bash
# formats.sh - plain, gzip and zstd, files and pipes, one file and many: the same documents.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
corpus 11 3000 >in.jsonl
tamis norm -q in.jsonl >want

gzip -1 -k in.jsonl
zstd -q -1 in.jsonl
tamis norm -q in.jsonl.gz | cmp want -
tamis norm -q in.jsonl.zst | cmp want -
tamis norm -q <in.jsonl.zst | cmp want -
cp in.jsonl.zst misnamed.gz
tamis norm -q misnamed.gz | cmp want -

# Pipes that deliver in small pieces.
dd if=in.jsonl.zst bs=511 2>/dev/null | tamis norm -q | cmp want -
dd if=in.jsonl bs=4093 2>/dev/null | tamis norm -q | cmp want -

# Members and frames that end in the middle of lines.
split -b 100001 in.jsonl part.
for p in part.*; do gzip -1c "$p"; done >parts.gz
for p in part.*; do zstd -1qc "$p"; done >parts.zst
tamis norm -q parts.gz | cmp want -
tamis norm -q parts.zst | cmp want -

# Many files of whole lines are one stream; a last newline may be missing.
rm part.*
split -l 97 in.jsonl part.
tamis norm -q part.* | cmp want -
for p in part.*; do printf '%s' "$(cat "$p")" >"$p.cut" && rm "$p"; done
tamis norm -q part.* | cmp want -
printf '%s\n' part.* | tamis norm -q --files-from - | cmp want -

# Written in any form and read back, documents are the same.
for o in a b.gz c.zst; do
	tamis norm -q -o $o in.jsonl
	tamis length -q -m 0 $o | cmp want -
done
gzip -dc b.gz | cmp want -
zstd -dcq c.zst | cmp want -

# And the reports say so: equal hashes of output, whatever the form.
sed 's/.*"output"//' a.report.json >h
sed 's/.*"output"//' b.gz.report.json | cmp h -
sed 's/.*"output"//' c.zst.report.json | cmp h -
