# A full disk is exit 4, and the message names the file, for every file written.
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
