# A full disk: exit 4, which file it was, for every file that we write.
[ -c /dev/full ] || skip 'no /dev/full'
echo '{"text":"a"}' >in
tamis length -q in >/dev/full || echo "exit $?"
tamis length -q -z in >/dev/full || echo "exit $?"
try tamis length -q -o /dev/full in
try tamis length -q -r /dev/full -m 5 in
try tamis length -q --report /dev/full in
tamis --help >/dev/full || echo "exit $?"
tamis length --help >/dev/full || echo "exit $?"
tamis --version >/dev/full || echo "exit $?"
