# A file without read permission: exit 4, the path and the reason of the system.
echo '{"text":"a"}' >in
chmod 0 in
[ ! -r in ] || skip 'this user may read everything'
try tamis length -q in
