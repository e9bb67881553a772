# Compressed files of other programs: members, frames, padding; trailing junk is bad.
echo '{"text":"one"}' >one
echo '{"text":"two"}' >two
{ gzip -nc one; gzip -nc two; } >a.gz
{ zstd -qc one; zstd -qc two; } >a.zst
{ zstd -qc one; printf '\120\052\115\030\003\0\0\0abc'; zstd -qc two; } >skippable.zst
{ cat a.gz; head -c 1000 /dev/zero; } >padded.gz
for f in a.gz a.zst skippable.zst padded.gz; do try tamis length -q $f; done
{ cat a.gz; echo junk; } >junk.gz
{ cat a.zst; echo junk; } >junk.zst
{ cat padded.gz; echo junk; } >padded_junk.gz
place() { sed 's/byte [0-9]*/byte N/'; }
for f in junk.gz junk.zst padded_junk.gz; do try "tamis length -q $f 2>&1 | place"; done
# The checksum detects a damaged byte.
awk 'BEGIN { for (i = 0; i < 500; i++) printf "{\"text\":\"%d\"}\n", i * i * i }' >in
for f in in.gz in.zst; do
	case $f in
	*.gz) gzip -nk in ;;
	*) zstd -qk in ;;
	esac
	printf '\0' | dd of=$f bs=1 seek=$(($(wc -c <$f) - 3)) conv=notrunc 2>/dev/null
	try "tamis length -q $f 2>&1 >out | place"
done
