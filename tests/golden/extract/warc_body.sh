# Bodies are decoded only if they really are chunked or compressed; truncated ones are counted.
# page NAME HEADER... <BODY
page() {
	name=$1
	shift
	http '200 OK' 'Content-Type: text/html' "$@" | crawled response "$name" application/http
}
chunked='Transfer-Encoding: chunked'
gzip='Content-Encoding: gzip'
echo '<p>packed' | gzip -n >packed
{
	printf '6\r\n<p>one\r\n4;x=y\r\n two\r\n0\r\n\r\n' | page chunks "$chunked"
	printf '6  \r\n<p>one\r\n000A\r\n two three\r\n0\r\nTrailer: x\r\n\r\n' | page padded "$chunked"
	printf '6\r\n<p>one\r\n40\r\n cut off' | page cut "$chunked"
	printf '<p>not chunked' | page raw "$chunked"
	printf 'beef\r\n<p>is what it begins with, and much shorter than that' | page beef "$chunked"
	printf '6\r\n<p>one and no chunk more' | page half "$chunked"
	printf '7\n<p>unix\n0\n\n' | page unix 'TRANSFER-ENCODING:   Chunked'
	page gzip "$gzip" <packed
	page xgzip 'Content-Encoding: x-gzip' <packed
	page unsaid <packed
	printf '<p>not packed' | page plain "$gzip"
	{ printf '%x\r\n' "$(wc -c <packed)"; cat packed; printf '\r\n0\r\n\r\n'; } |
		page both "$chunked" "$gzip"
	{ printf '%x\r\n' "$(wc -c <packed)"; cat packed; printf '\r\n0\r\n\r\n'; } |
		page transfer 'Transfer-Encoding: gzip, chunked'
	printf '' | page nothing "$chunked" "$gzip"
} >a.warc
try tamis extract a.warc
# Crawlers state what they have cut.
{
	printf '<p>cut by the crawler' | http '200 OK' 'Content-Type: text/html' |
		crawled response crawler application/http 'WARC-Truncated: length'
	printf 'cut text' | crawled conversion text text/plain 'WARC-Truncated: time'
	printf '8\r\n<p>whole\r\n' | page last "$chunked"
} >cut.warc
try tamis extract cut.warc
# Images and PDF files are binary data, whatever the server states.
{
	printf '\211PNG\r\n\032\n\0\0\0\015IHDR\0\0\0\001\0\0\0\001\010\006\0\0\0\037\025\304\211' | page png
	printf '%%PDF-1.4\n%%\342\343\317\323\n1 0 obj<</Type/Catalog>>endobj' | page pdf
	printf '\377\330\377\340\0\020JFIF\0\001\001\0\0\001' | page jpeg 'X-Y: z'
	printf '<html><p>a page with a \0 and \377' | page nul
	printf '\211PNG\r\n\032\n\0\0\0\015IHDR\377' |
		http '200 OK' 'Content-Type: text/html; charset=latin1' | crawled response latin application/http
	printf '%%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj' |
		http '200 OK' 'Content-Type: text/plain' | crawled response text application/http
} >binary.warc
try tamis extract -r rejects binary.warc
try cat rejects
# A body that is cut in the framing of its chunks ends with the data before it.
{
	printf '6\r\n<p>one\r\n4\r\n two\r\n25;' | page size "$chunked"
	printf '6\r\n<p>one\r\n4\r\n two\r\n2' | page digit "$chunked"
	printf '6\r\n<p>one\r\n4\r\n two\r' | page return "$chunked"
} >framing.warc
try tamis extract framing.warc
