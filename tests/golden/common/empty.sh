# Empty input, plain or compressed, is valid and writes a complete file.
: >a
gzip -c a >a.gz
zstd -qc a >a.zst
printf '\n\n' >b
try tamis length a a.gz a.zst b
try tamis exact -q --rank q a
try tamis norm -q -o out.zst a
try 'zstd -dcq out.zst | wc -c'
try tamis norm -q -o out.gz a
gzip -dc out.gz | try wc -c
try tamis norm -q -o out a
try 'wc -c <out'
try tamis length -q out.zst out.gz out
: >list
try tamis length --files-from list
