# Compressed output marks its end: truncation between frames and bad joins are detected.
echo '{"text":"one"}' >one
echo '{"text":"two"}' >two
le() { printf '\\%o\\0\\0\\0\\0\\0\\0\\0' "$1"; }
{
	printf '\132\052\115\030\010\0\0\0tamis 1\n'
	zstd -qc one
	zstd -qc two
} >frames
# shellcheck disable=SC2059
mark() { printf "\\132\\052\\115\\030\\020\\0\\0\\0tamisend$(le "$1")"; }
cp frames cut.zst
try tamis length -q cut.zst
{ cat frames; mark 30; } >right.zst
try tamis length -q right.zst
{ cat frames; mark 31; } >lying.zst
try tamis length -q lying.zst
{ zstd -qc one; mark 15; } >only_end.zst
try tamis length -q only_end.zst
cat cut.zst right.zst >joined.zst
try tamis length -q joined.zst
cat right.zst right.zst | try tamis length -q
# A complete file of tamis, followed by data of another program.
{ cat right.zst; zstd -qc one; } >mixed.zst
try tamis length -q mixed.zst
# The same in gzip: the first member is the begin mark.
tamis length -q -o one.gz one
tamis length -q -o two.gz two
cat one.gz two.gz >both.gz
try tamis length -q both.gz
size=$(wc -c <one.gz)
head -c $((size - 34)) one.gz >cut.gz
gzip -dcq cut.gz | cmp - one
try tamis length -q cut.gz
{ cat cut.gz; cat two.gz; } >joined.gz
try tamis length -q joined.gz
