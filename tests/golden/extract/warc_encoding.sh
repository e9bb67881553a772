# All codings of a body are undone; it is skipped if one is unknown or damaged; a decoded one with its old headers is kept.
# response NAME ENCODING FILE: a WARC response record with this body
response() {
	printf 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: %s\r\n\r\n' "$2" | cat - "$3" >http
	printf 'WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:%s>\r\nContent-Length: %d\r\n\r\n' "$1" "$(wc -c <http)"
	cat http
	printf '\r\n\r\n'
}
echo '<html><body><p>plain text after all</p></body></html>' >page
gzip -nc page >page.gz
head -c 30 page.gz >half.gz
printf '\213\001\200\377\376\003\242' >brotli
gzip -nc page.gz >twice.gz
{ echo '<p>one' | gzip -n; echo '<p>two' | gzip -n; } >members.gz
cat page.gz half.gz >lost.gz
python3 -c 'import sys, zlib; sys.stdout.buffer.write(zlib.compress(b"<p>zlib in gzip"))' | gzip -n >mixed.gz
gzip -nc brotli >odd.gz
printf ';' >nothing
{
	response brotli br brotli
	response half gzip half.gz
	response whole gzip page.gz
	response wire br page
	response twice 'gzip, gzip' twice.gz
	response once 'gzip, gzip' page.gz
	response mixed 'deflate, gzip' mixed.gz
	response spaces 'identity,  x-gzip' page.gz
	response lines "$(printf 'gzip\r\nContent-Encoding: gzip')" twice.gz
	response members gzip members.gz
	response lost gzip lost.gz
	response untold '' twice.gz
	response odd 'br, gzip' odd.gz
	response nothing br nothing
	response colon identity nothing
	response many 'gzip, gzip, gzip, gzip, gzip, gzip, gzip, gzip, gzip' page.gz
} >a.warc
try tamis extract --all-text a.warc
# brotli and zstd, in a list, truncated, and without a header.
printf '\023\100\000\340\104\157\170\275\353\337\161\312\365\223\107\011\111\013\242\311\066\373\310\315\107\246\254\356\115\021\274\360\233\257\044\240\254\003\001' >page.br
zstd -qkf page
printf '%040000d' 0 | sed 's/0/<p>bomb /g' | gzip -n >bomb.gz
python3 - <<'PY'
import zlib
page = open('page', 'rb').read()
def write(name, data):
	with open(name, 'wb') as f:
		f.write(data)
write('zlib', zlib.compress(page))
write('raw', zlib.compress(page)[2:-4])
text = b'<p>' + b' '.join(b'word%d' % i for i in range(2000))
for name, bits in ('gz', 31), ('zlib', 15), ('raw', -15):
	z = zlib.compressobj(9, zlib.DEFLATED, bits)
	data = z.compress(text) + z.flush()
	write('cut.' + name, data[:300])
	write('bad.' + name, data[:300] + b'\xff' * 300)
write('crc.gz', open('page.gz', 'rb').read()[:-8] + bytes(8))
PY
head -c 30 page.br >cut.br
head -c 30 page.zst >cut.zst
{ printf '%x\r\n' "$(wc -c <page.gz)"; cat page.gz; printf '\r\n0\r\n\r\n'; } >chunks
{
	response br br page.br
	response br-cut br cut.br
	response br-no-header identity page.br
	response br-gzip 'br' page.gz
	response zstd zstd page.zst
	response zstd-no-header identity page.zst
	response zstd-wire zstd page
	response zstd-cut zstd cut.zst
	response zlib deflate zlib
	response zlib-no-header identity zlib
	response raw deflate raw
	response deflate-gzip deflate page.gz
	response chunks-no-header gzip chunks
	response unknown sdch page
	response unknown-binary sdch raw
	for f in cut bad; do
		response $f-gzip gzip $f.gz
		response $f-zlib deflate $f.zlib
		response $f-raw deflate $f.raw
	done
	response crc gzip crc.gz
	response bomb gzip bomb.gz
} >b.warc
try 'tamis extract --all-text --max-doc 20K b.warc | cut -c 1-100'
