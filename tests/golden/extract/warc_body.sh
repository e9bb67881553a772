# Bodies are unchunked and unpacked where they really are chunked or packed.
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
# page NAME HEADER... <BODY
page() {
	name=$1
	shift
	http '200 OK' 'Content-Type: text/html' "$@" | record response "$name" application/http
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
