# Documents before an input that cannot be read reach a pipe, as those before a bad record.
echo '{"text":"a"}' >in
try tamis length -q in absent
{ gzip -c in | head -c 20; } >cut.gz
try tamis length -q in cut.gz
