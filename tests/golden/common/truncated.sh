# A compressed file truncated anywhere is bad data, never a short success.
awk 'BEGIN { for (i = 0; i < 9; i++) printf "{\"text\":\"%d\"}\n", i * i * i }' >in
gzip -nc in >a.gz
zstd -qc in >a.zst
tamis length -q -o b.gz in
tamis length -q -o b.zst in
place() { sed 's/byte [0-9]*/byte N/'; }
for f in a.gz a.zst b.gz b.zst; do
	size=$(wc -c <$f)
	for n in 4 10 17 30 $((size - 9)) $((size - 1)); do
		head -c "$n" $f >part
		note "$f cut"
		try 'tamis length -q part 2>&1 >out | place'
		try 'wc -c <out'
	done
done
# From a pipe: the output file is not written.
head -c 40 b.zst | try tamis length -q -o out.zst
[ ! -e out.zst ]
# An empty pipe is a valid empty input.
head -c 0 b.zst | try tamis length
# A compressed file has at least a header; a plain file may be empty.
for f in empty.zst empty.GZ empty.zstd empty.gzip; do
	: >$f
	try tamis length -q $f
done
printf '(\265' >two.zst
try tamis length -q two.zst
: >empty
try tamis length empty /dev/null
