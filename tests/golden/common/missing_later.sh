# Documents before an unreadable input reach a pipe, as those before a bad record do.
echo '{"text":"a"}' >in
try tamis length -q in absent
{ gzip -c in | head -c 20; } >cut.gz
try tamis length -q in cut.gz
