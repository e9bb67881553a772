# Many bad records take linear time: the search does not read the same bytes for each.
yes "$(printf 'WARC/1.0\r')" | head -n 200000 >headers.warc
try timeout 20 tamis extract -q headers.warc
try timeout 20 tamis extract -q --on-bad=skip headers.warc
try timeout 20 tamis extract -q --on-bad=repair-skip headers.warc
# many N RECORD: RECORD, N times
many() { yes "$2" | head -n $(($1 * $(printf '%s\n' "$2" | wc -l))); }
# The lengths are below --max-doc, and above it.
for n in 7 15000000 2000000000; do
	many 40000 "WARC/1.0
WARC-Type: conversion
WARC-Record-ID: <urn:x>
Content-Type: text/plain
Content-Length: $n

text number 1

" >a.warc
	try timeout 20 tamis extract -q a.warc
	try timeout 20 tamis extract -q --on-bad=skip a.warc
	try "timeout 20 tamis extract -q --on-bad=repair-skip a.warc | sort | uniq -c"
done
{
	printf 'filedesc://x 0.0.0.0 20200101000000 text/plain 0\n'
	many 40000 'http://a.example/ 1.2.3.4 20200101000000 text/plain 15000000
text number 1
'
} >a.arc
try timeout 20 tamis extract -q a.arc
try timeout 20 tamis extract -q --on-bad=skip a.arc
try 'timeout 20 tamis extract -q --on-bad=repair-skip a.arc | wc -l'
