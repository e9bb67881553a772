# A file without the right to read it: exit 4, the path and the system's reason.
echo '{"text":"a"}' >in
chmod 0 in
[ ! -r in ] || skip 'this user may read everything'
try tamis length -q in
