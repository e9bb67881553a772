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
