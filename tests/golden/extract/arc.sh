# ARC files, the predecessor of WARC, are read, versions 1 and 2; damage costs one record.
# arc URL TYPE [MORE...] <BODY: an ARC record; MORE are the fields of version 2
arc() {
	cat >body
	printf '%s 192.0.2.1 20010203040506 %s %d\n' "$1" "${*:2}" "$(wc -c <body)"
	cat body
	echo
}
page() { printf 'HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<p>%s</p>' "$1"; }
filedesc() { printf '%s 0 Test\nURL IP-address Archive-date Content-type Archive-length\n\n' "$1" | arc filedesc://a.arc text/plain; }
{
	filedesc 1
	page one | arc http://a.example/1 text/html
	printf '20010203040506\na.example. 1 IN A 192.0.2.1\n' | arc dns:a.example text/dns
	page 'a blank in the URL' | arc 'http://a.example/?q=a b' text/html
	printf '<html><p>no head' | arc http://a.example/0.9 text/html
	printf 'plain text' | arc http://a.example/text text/plain
	printf 'HTTP/1.0 404 Not Found\r\n\r\nnone' | arc http://a.example/404 text/html
	printf 'HTTP/1.0 200 OK\r\nContent-Type: image/gif\r\n\r\nGIF89a' | arc http://a.example/gif image/gif
	printf 'HTTPX/1.0 200 OK\r\n\r\na wrong head' | arc http://a.example/wrong no-type
} >a.arc
try tamis extract a.arc
gzip -nc a.arc >b.arc.gz
try 'tamis extract -q b.arc.gz | cut -c 1-60'
try 'tamis extract -q --as warc <a.arc | cut -c 1-60'
{
	filedesc 2
	page two | arc http://a.example/2 text/html 200 - - 1234 a.arc
} >2.arc
try tamis extract -q 2.arc
# Without the description of the file, which is in its first member.
page three | arc http://a.example/3 text/html >slice.arc
try tamis extract -q slice.arc
# Lengths that are wrong, truncation, and other bytes between records.
for n in 40 64 9999999999 x; do
	{
		page before | arc http://a.example/a text/html
		page lies | arc http://a.example/b text/html | sed "1s/[0-9]*$/$n/"
		page after | arc http://a.example/c text/html
	} >lies.arc
	note "length $n"
	try tamis extract -q lies.arc
	try 'tamis extract -q --on-bad=skip lies.arc | cut -c 1-50'
	try tamis extract -q --on-bad=repair lies.arc
done
head -c 250 a.arc >cut.arc
try tamis extract -q cut.arc
try tamis extract -q --on-bad=repair cut.arc
# A long record is skipped, and found to be cut, without being read into memory.
{
	page before | arc http://a.example/a text/html
	head -c 5000 /dev/zero | arc http://a.example/b video/mpeg
	page after | arc http://a.example/c text/html
} >long.arc
try 'tamis extract --max-doc 1K long.arc | cut -c 1-50'
head -c 2000 long.arc >cut.arc
try 'tamis extract --max-doc 1K --on-bad=skip cut.arc | cut -c 1-50'
