# Blank lines and a byte order mark precede WARC records; a text about WARC is a text.
echo 'The text of a page.' | http '200 OK' 'Content-Type: text/plain' | crawled response a application/http >page
{ printf '\r\n\r\n'; cat page; } >blank.warc
{ printf '\xEF\xBB\xBF'; cat page; } >mark.warc
{ printf '\xEF\xBB\xBF\n\n'; cat page mark.warc; } >both.warc
for f in blank mark both; do
	try tamis extract -q --source "$f" "$f.warc"
done
try "{ printf '\n'; sleep .1; cat page; } | tamis extract -q"
printf '\nWARC/1.0 is the first version.\n' >text
try tamis extract -q text
printf '\n' >empty
try tamis extract -q empty
