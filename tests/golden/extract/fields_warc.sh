# --fields: what the record of an archive states, and what it limits.
{
	crawled response headers 'application/http;msgtype=response' < <(
		http '200 OK' 'Content-Type: text/html' 'Content-Language: fr_CA' \
			'X-Robots-Tag: noai' 'x-robots-tag: otherbot: noindex, nofollow' \
			'X-Robots-Tag: unavailable_after: 25 Jun 2010 15:00:00 PST, noarchive' \
			'TDM-Reservation: 1' 'tdm-policy: https://b.example/policy' \
			<<<'<link rel=canonical href=x><p>Text.')
	crawled response page 'application/http;msgtype=response' < <(
		http '200 OK' 'Content-Type: text/html' 'TDM-Reservation: 1' \
			<<<'<meta name=tdm-reservation content=0><meta name=date content=2024-05-08><p>Text.')
	crawled response 2023/04/05/url 'application/http;msgtype=response' < <(
		http '200 OK' 'Content-Type: text/html' \
			<<<'<meta name=date content=2024-05-07T01:00+10:00><title>A: A Example</title><p>Text.')
	crawled response 2023/04/05/path 'application/http;msgtype=response' < <(
		http '200 OK' 'Content-Type: text/html' <<<'<p>Text.')
} >a.warc
try 'tamis extract -q --fields all a.warc | sed "s/,\"text\":.*//"'
