# A full disk: exit 4, which file it was, for every file that we write.
[ -c /dev/full ] || skip 'no /dev/full'
echo '{"text":"a"}' >in
try 'tamis length -q in >/dev/full'
try 'tamis length -q -z in >/dev/full'
try tamis length -q -o /dev/full in
try tamis length -q -r /dev/full -m 5 in
try tamis length -q --report /dev/full in
try 'tamis --help >/dev/full'
try 'tamis length --help >/dev/full'
try 'tamis --version >/dev/full'
