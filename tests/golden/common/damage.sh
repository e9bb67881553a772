# With --on-bad=skip, damage costs the records in it: the next frame, member or file follows.
awk 'BEGIN { for (i = 1; i < 7; i++) printf "{\"text\":\"%d\"}\n", i }' >in
head -n 3 in >a
tail -n 3 in >b
# Members that end between records.
gzip -nc a >a.gz
gzip -nc b >b.gz
zstd -qc a >a.zst
zstd -qc b >b.zst
size=$(wc -c <a.gz)
head -c $((size - 10)) a.gz >cut.gz
{ cat cut.gz; cat b.gz; } >joined.gz
size=$(wc -c <a.zst)
head -c $((size - 6)) a.zst >cut.zst
{ cat b.zst; printf junk; cat a.zst; } >junk.zst
for f in cut.gz joined.gz cut.zst junk.zst; do
	try "tamis length --on-bad=skip -r out.rej $f a"
	try cat out.rej
done
note 'fail and repair report the damage, not what it does to a record'
try tamis length cut.gz a
try tamis length --on-bad=repair cut.gz a
awk 'BEGIN { for (i = 0; i < 3000; i++) printf "{\"text\":\"%d\"}\n", i * i * 7 }' | gzip -nc >flipped.gz
printf '\377\377\377\377' | dd of=flipped.gz bs=1 seek=3000 conv=notrunc 2>/dev/null
try 'tamis length flipped.gz 2>&1 >out | sed "s/byte [0-9]*/byte N/; s/(.*)/(WHY)/"'
note 'with a limit'
try tamis length -q --on-bad=skip --max-bad=0 joined.gz
try tamis length -q --on-bad=skip --max-bad=1 -o out joined.gz
note 'a WARC of one member per record continues at the next record'
record() {
	printf 'WARC/1.0\r\nWARC-Type: resource\r\nWARC-Record-ID: %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n' "$1" ${#2} "$2"
}
for i in one two three; do record $i "the $i of them" | gzip -nc; done >all.warc.gz
first=$(record one 'the one of them' | gzip -nc | wc -c)
printf '\377\377' | dd of=all.warc.gz bs=1 seek=$((first + 60)) conv=notrunc 2>/dev/null
try 'tamis extract --on-bad=skip all.warc.gz 2>err; rc=$?; sed "s/byte [0-9]*/byte N/; s/(.*)/(WHY)/" err; (exit $rc)'
note 'two passes over a damaged file'
try tamis exact --on-bad=skip joined.gz
