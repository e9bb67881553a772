# XHTML: "<script/>" is a whole element, and CDATA is text, in pages that browsers read as XML.
head='<head><title/><script src="a.js"/><style/></head>'
text='<p>One <a name="x"/>two.</p><p/><div/><p><![CDATA[a < b & <i>c</i>]]></p>'
xhtml="<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\">$head<body>$text</body></html>"
# page NAME TYPE BODY [HEADER]: a response with this Content-Type
page() { http '200 OK' "Content-Type: $2" <<<"$3" | crawled response "$1" application/http "${@:4}"; }
{
	page type application/xhtml+xml "$xhtml"
	page charset 'Application/XHTML+XML; charset=UTF-8' "$xhtml"
	page xml text/xml "$xhtml"
	page other-xml application/xml '<?xml version="1.0"?><rss><title/>no page</rss>'
	page html text/html "$xhtml"
	page html-found text/html "$xhtml" 'WARC-Identified-Payload-Type: application/xhtml+xml'
} >a.warc
try tamis extract -a a.warc
note 'files by their suffix'
echo "$xhtml" | tee a.xhtml >a.html
gzip -k a.xhtml
try tamis extract -q -a a.xhtml a.xhtml.gz a.html
note 'pages that are not well-formed'
{
	page upper application/xhtml+xml '<HTML><TITLE>T</TITLE><P>a<P>b<BR>c &nbsp;d & e<ul><li>f<li>g</ul></b><script/>h'
	page section application/xhtml+xml '<p>a<![CDATA[b</p><p>c<div>d'
} >bad.warc
try tamis extract -q -a bad.warc
