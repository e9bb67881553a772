# A record with a wrong length is refused; skip finds the next one, repair keeps it.
# wrong LENGTH: a record with the body of standard input and this length
wrong() { sed "s/^Content-Length: .*/Content-Length: $1$(printf '\r')/"; }
conversion() { printf '%b' "$2" | record conversion "$1" text/plain; }
for n in 3 30 400 99999999999999999999 ''; do
	{
		conversion before 'before\n'
		conversion lies 'sixteen letters\n' | wrong "$n"
		conversion after 'after\n'
	} >a.warc
	note "Content-Length: $n"
	try tamis extract -q a.warc
	try tamis extract -q --on-bad=skip -r rejects a.warc
	try cat rejects
	try tamis extract -q --on-bad=repair a.warc
done
# Bytes between records, or before the first.
{
	conversion a 'a\n'
	printf 'garbage\r\n\r\n'
	conversion b 'b\n'
} >a.warc
try tamis extract -q a.warc
try tamis extract -q --on-bad=repair a.warc
try tamis extract --on-bad=skip a.warc
try tamis extract -q --as warc --on-bad=skip body a.warc
{
	printf '\r\n\r\n'
	conversion a 'a\n'
	printf '\r\n\r\n\r\n\r\n'
	conversion b 'WARC/1.0 is not at the start of a line, here\n'
	conversion c 'text\nWARC/1.0 at the start of a line of a sound record\n'
} >a.warc
try tamis extract --as warc a.warc
