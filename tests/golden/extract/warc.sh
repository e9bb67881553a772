# WARC: response, conversion and resource records become documents, the rest is counted.
# record TYPE NAME TYPE-OF-CONTENT [HEADER...] <BODY: a WARC record
record() {
	cat >body
	printf 'WARC/1.0\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:%s>\r\n' "$1" "$2"
	printf 'WARC-Target-URI: http://a.example/%s\r\nWARC-Date: 2024-05-06T07:08:09Z\r\n' "$2"
	printf 'Content-Type: %s\r\nContent-Length: %d\r\n' "$3" "$(wc -c <body)"
	shift 3
	[ $# -eq 0 ] || printf '%s\r\n' "$@"
	printf '\r\n'
	cat body
	printf '\r\n\r\n'
}

# http STATUS HEADER... <BODY: a response
http() {
	printf 'HTTP/1.1 %s\r\n' "$1"
	shift
	printf '%s\r\n' "$@"
	printf '\r\n'
	cat
}
html='Content-Type: text/html; charset=utf-8'
{
	printf 'software: test\r\n' | record warcinfo info application/warc-fields
	printf 'GET / HTTP/1.1\r\n\r\n' | record request req application/http
	echo '<title>T</title><p>one' | http '200 OK' "$html" | record response r1 application/http
	printf 'two\nlines\n\n' | record conversion c1 text/plain
	echo '<p>three' | record resource p1 'text/html; charset=utf-8'
	echo 'x: y' | record metadata m1 application/warc-fields
	printf '' | record revisit v1 application/http
	echo tail | record continuation t1 text/plain
	echo new | record shiny s1 text/plain
	echo 'absent.example. IN A' | record response dns text/dns
	echo no | http '404 Not Found' "$html" | record response r404 application/http
	printf '' | http '301 Moved' 'Location: /' | record response r301 application/http
	echo '<p>made' | http '201 Created' "$html" | record response r201 application/http
	echo GIF89a | http '200 OK' 'Content-Type: image/gif' | record response gif application/http
	printf '\0\1' | http '200 OK' 'X: y' | record response what application/http
	printf '<html><p>sniffed' | http '200 OK' 'X: y' | record response sniff application/http
	echo '<p>really html' | http '200 OK' 'Content-Type: image/gif' |
		record response ident application/http 'WARC-Identified-Payload-Type: text/html'
	printf 'caf\351' | http '200 OK' 'Content-Type: text/plain; charset="iso-8859-1"' |
		record response latin application/http
	printf 'caf\351' | http '200 OK' 'content-type:TEXT/PLAIN' | record response bad application/http
	printf '<p>caf\351' | http '200 OK' 'Content-Type: text/html; charset=latin1' |
		record response lhtml application/http
	printf '' | http '200 OK' "$html" | record response void application/http
} >a.warc
try tamis extract -r rejects a.warc
cat rejects
gzip -nc a.warc >whole.warc.gz
zstd -qc a.warc >a.warc.zst
tamis extract -q a.warc >want
for f in whole.warc.gz a.warc.zst; do try tamis extract -q $f | cmp want -; done
try tamis extract -q --as warc <a.warc | cmp want -
# A gzip member for each record, as crawlers write them.
: >members.warc.gz
for i in 1 2 3; do
	echo "page $i" | record conversion "$i" text/plain | gzip -n >>members.warc.gz
done
try tamis extract -q --source crawl --id uuid members.warc.gz a.warc | cut -c 1-60
