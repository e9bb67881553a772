# A WARC file truncated within a record is bad data.
{
	echo one | record conversion 1 text/plain
	echo two | record conversion 2 text/plain
} >a.warc
size=$(wc -c <a.warc)
for n in 3 20 100 205 $((size / 2)) $((size - 50)) $((size - 5)) $((size - 3)); do
	head -c "$n" a.warc >part
	note "$n of $size bytes"
	try tamis extract -q --as warc part
	try tamis extract -q --as warc --on-bad=repair part
done
for f in 1 2; do echo "page $f" | record conversion $f text/plain | gzip -n; done >a.warc.gz
zstd -qc a.warc >a.warc.zst
for f in a.warc.gz a.warc.zst; do
	size=$(wc -c <$f)
	for n in 40 $((size - 1)) $((size - 9)); do
		head -c "$n" $f >part
		try "tamis extract -q part 2>&1 | sed 's/byte [0-9]*/byte N/'"
	done
done >&2
head -c 40 a.warc.gz | try tamis extract -q -o out
[ ! -e out ]
