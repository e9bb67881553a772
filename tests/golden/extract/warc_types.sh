# Content types are read as browsers read them; binary data is dropped, whatever its type.
# page NAME TYPE <BODY: a response with this Content-Type; '': without one
page() {
	if [ -n "$2" ]; then set -- "$1" "Content-Type: $2"; else set -- "$1" 'X: y'; fi
	http '200 OK' "$2" | crawled response "$1" application/http
}
# try_page NAME TYPE BODY
try_page() { printf '%b' "$3" | page "$1" "$2"; }
xhtml='<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><body><p>page</p></body></html>'
{
	try_page htm text/htm '<p>page'
	try_page quoted '"text/html"' '<p>page'
	try_page quoted-all '"text/html; charset=latin1"' '<p>\0351'
	try_page list 'text/html, text/html; charset=latin1' '<p>\0351'
	try_page list-last 'text/html;charset=latin1, */*' '<p>\0351'
	try_page list-other 'image/png, text/html' '<p>page'
	try_page xhtml application/xml "$xhtml"
	try_page xml application/xml '<?xml version="1.0"?><rss><title>no page</title></rss>'
	try_page markdown 'text/markdown; charset=utf-8' '# Heading\n'
	try_page wrong text/plain '<!DOCTYPE html><title>T</title><p>page'
	try_page about-html text/plain 'The <html> element'
	try_page none '' 'A text without a type.\n'
	try_page none-page '' '<div class="x">page</div>'
	try_page none-json '' '{"a": 1}'
	try_page none-binary '' 'binary \0 data'
	try_page word html '<p>page'
	try_page octets application/octet-stream 'A text that is to be saved.'
	try_page octets-page application/octet-stream '<html><p>page'
	try_page css text/css 'p { color: red }'
	printf '<html><p>identified' | http '200 OK' 'Content-Type: application/xml' |
		crawled response ident application/http 'WARC-Identified-Payload-Type: application/xhtml+xml'
	printf '<html>' | crawled conversion wet text/plain
} >a.warc
try tamis extract a.warc
# Status lines of other servers and versions, interim responses, LF only, and responses without a head.
{
	printf 'ICY 200 OK\r\nContent-Type: text/html\r\n\r\n<p>shoutcast' | crawled response icy application/http
	printf 'HTTP/2 200\r\ncontent-type: text/html\r\n\r\n<p>two' | crawled response two application/http
	printf 'HTTP/1.1 200 OK\nContent-Type: text/html\n\n<p>line feeds' | crawled response lf application/http
	printf 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>continued' |
		crawled response interim application/http
	printf 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nno head' | crawled response hints application/http
	printf '<html><p>no head' | crawled response bare 'application/http; msgtype=response'
	printf 'HTTPX/1.1 200 OK\r\n\r\nno head' | crawled response damaged application/http
	printf '<p>no HTTP' | crawled response gopher text/html
	printf 'the first' | crawled conversion segment text/plain 'WARC-Segment-Number: 1'
	printf ' and the second' | crawled continuation rest text/plain 'WARC-Segment-Number: 2'
} >a.warc
try tamis extract a.warc
# Magic numbers, under the types of texts.
for type in text/html text/plain ''; do
	{
		try_page png "$type" '\0211PNG\r\n\032\n\0'
		try_page jpeg "$type" '\0377\0330\0377\0340'
		try_page gif "$type" 'GIF89a text'
		try_page webp "$type" 'RIFF1234WEBP'
		try_page pdf "$type" '%PDF-1.4 text'
		try_page zip "$type" 'PK\003\004 text'
		try_page doc "$type" '\0320\0317\0021\0340\0241\0261\0032\0341'
		try_page woff "$type" 'wOF2 text'
		try_page mp3 "$type" 'ID3\003 text'
		try_page mp4 "$type" '1234ftypisom'
		try_page elf "$type" '\0177ELF'
		try_page bzip2 "$type" 'BZh91AY&SY'
	} >a.warc
	note "type '$type'"
	try tamis extract a.warc
done
# The values of bad Content-Type headers.
{
	try_page quote '"' '<html><p>page'
	try_page comma ', ,' '<html><p>page'
	try_page semicolon ';charset=latin1' '<html><p>\0351'
} >a.warc
try tamis extract -q a.warc
