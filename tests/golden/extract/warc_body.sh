# Bodies are decoded only if they really are chunked or compressed.
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
	printf '' | page nothing "$chunked" "$gzip"
} >a.warc
try tamis extract a.warc
