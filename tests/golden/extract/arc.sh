# ARC files, the predecessor of WARC, are refused.
cat >a.arc <<'ARC'
filedesc://IA-001102.arc 0.0.0.0 19960923142103 text/plain 76
1 0 Alexa Internet
URL IP-address Archive-date Content-type Archive-length

http://a.example/ 127.0.0.1 19961104142103 text/html 15
<p>hello</p>
ARC
echo text >text
try tamis extract -q a.arc
try tamis extract -q --as warc a.arc
gzip -nc a.arc | try tamis extract -q
try tamis extract --on-bad=skip text a.arc text
try tamis extract -q --on-bad=repair a.arc
