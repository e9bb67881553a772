# A body in an unknown or damaged coding is skipped; a decoded one with its old headers is kept.
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
{
	response brotli br brotli
	response half gzip half.gz
	response whole gzip page.gz
	response wire br page
} >a.warc
try tamis extract --all-text a.warc
