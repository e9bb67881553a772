# A record, page or text file larger than --max-doc is bad data.
{
	echo small | record conversion 1 text/plain
	printf %5000s large | record conversion 2 text/plain
	echo small too | record conversion 3 text/plain
} >a.warc
try tamis extract -q --max-doc 2K a.warc
try tamis extract --max-doc 2K --on-bad=skip -r rejects a.warc
try cat rejects
try tamis extract -q --max-doc 2K --on-bad=repair a.warc
# A record that would not become a document may be larger.
{
	printf %5000s film | record response 4 application/http 'WARC-Identified-Payload-Type: video/mp4'
	printf %5000s x | record metadata 5 text/plain
	echo small | record conversion 6 text/plain
} >b.warc
try tamis extract --max-doc 2K b.warc
printf '<p>%3000s' x >page.html
printf %3000s x >text
try tamis extract -q --max-doc 2K page.html
try tamis extract -q --max-doc 2K text
try 'tamis extract -q --max-doc 3K text | wc -c'
try tamis extract --max-doc 2K --on-bad=skip a.warc text page.html a.warc
try tamis extract --max-doc 2K --on-bad=skip --max-bad 1 a.warc text
