# A length above --max-doc that reaches into later records, or past the end of the file, is bad data; later records are read.
# wrong LENGTH: a record with the body of standard input and this length
wrong() { sed "s/^Content-Length: .*/Content-Length: $1$(printf '\r')/"; }
conversion() { printf '%b' "$2" | record conversion "$1" text/plain; }
for type in request warcinfo response; do
	for n in 100000 99999999999999; do
		{
			conversion before 'before\n'
			printf 'GET / HTTP/1.1\r\n' | record $type lies application/http | wrong "$n"
			conversion after 'after\n'
			printf %4000s x | record conversion longer text/plain
			printf %4000s x | record conversion longer text/plain
			conversion last 'last\n'
		} >a.warc
		note "$type of $n bytes"
		try tamis extract -q --max-doc 5K a.warc
		try 'tamis extract --max-doc 5K --on-bad=skip -r rejects <a.warc | cut -c 1-36'
		try cat rejects
	done
done
# The file ends within the record.
{
	conversion before 'before\n'
	printf 'GET / HTTP/1.1\r\n' | record request cut application/http | wrong 9000
} >a.warc
try tamis extract -q --max-doc 5K a.warc
try tamis extract --max-doc 5K --on-bad=skip a.warc
# A record of the right length may speak of WARC; it counts as one, and the end of the file may follow it at once.
{
	conversion before 'before\n'
	printf 'WARC/1.0\r\nWARC-Type: response\r\n\r\n%6000s' x | record metadata long text/plain
	conversion after 'after\n'
	printf '%6000s\nWARC/1.0' x | record metadata long text/plain | head -c -4
} >a.warc
try tamis extract --max-doc 5K a.warc
