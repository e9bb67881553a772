# A missing input is an error before any input is read; bad data is one in its turn.
echo '{"text":"a"}' >in
try tamis length -q in absent
{ gzip -c in | head -c 20; } >cut.gz
try tamis length -q in cut.gz
