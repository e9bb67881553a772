# WARC: response, conversion and resource records become documents, others are counted.
html='Content-Type: text/html; charset=utf-8'
{
	printf 'software: test\r\n' | crawled warcinfo info application/warc-fields
	printf 'GET / HTTP/1.1\r\n\r\n' | crawled request req application/http
	echo '<title>T</title><p>one' | http '200 OK' "$html" | crawled response r1 application/http
	printf 'two\nlines\n\n' | crawled conversion c1 text/plain
	echo '<p>three' | crawled resource p1 'text/html; charset=utf-8'
	echo 'x: y' | crawled metadata m1 application/warc-fields
	printf '' | crawled revisit v1 application/http
	echo tail | crawled continuation t1 text/plain
	echo new | crawled shiny s1 text/plain
	echo 'absent.example. IN A' | crawled response dns text/dns
	echo no | http '404 Not Found' "$html" | crawled response r404 application/http
	printf '' | http '301 Moved' 'Location: /' | crawled response r301 application/http
	echo '<p>made' | http '201 Created' "$html" | crawled response r201 application/http
	echo GIF89a | http '200 OK' 'Content-Type: image/gif' | crawled response gif application/http
	printf '\0\1' | http '200 OK' 'X: y' | crawled response what application/http
	printf '<html><p>sniffed' | http '200 OK' 'X: y' | crawled response sniff application/http
	echo '<p>really html' | http '200 OK' 'Content-Type: image/gif' |
		crawled response ident application/http 'WARC-Identified-Payload-Type: text/html'
	printf 'caf\351' | http '200 OK' 'Content-Type: text/plain; charset="iso-8859-1"' |
		crawled response latin application/http
	printf 'caf\351' | http '200 OK' 'content-type:TEXT/PLAIN' | crawled response bad application/http
	printf '<p>caf\351' | http '200 OK' 'Content-Type: text/html; charset=latin1' |
		crawled response lhtml application/http
	printf '' | http '200 OK' "$html" | crawled response void application/http
} >a.warc
try tamis extract -r rejects a.warc
try cat rejects
gzip -nc a.warc >whole.warc.gz
zstd -qc a.warc >a.warc.zst
tamis extract -q a.warc >want
for f in whole.warc.gz a.warc.zst; do try "tamis extract -q $f | cmp want -"; done
try 'tamis extract -q --as warc <a.warc | cmp want -'
# A gzip member for each record, as crawlers write them.
: >members.warc.gz
for i in 1 2 3; do
	echo "page $i" | crawled conversion "$i" text/plain | gzip -n >>members.warc.gz
done
try 'tamis extract -q --source crawl --id uuid members.warc.gz a.warc | cut -c 1-60'
