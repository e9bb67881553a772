# A file that changed since near-sketch is refused, whether or not a changed document matched.
for f in one two; do tamis near-sketch -q --report report -o $f.jsonl $f; done
rm ./*.report.json
tamis near-match -q -o m one.jsonl two.jsonl
run='tamis near-elect -q --matches m one.jsonl two.jsonl'
# "b" on line 3 matches nothing.
sed 's/wcaax/wzzzx/' one >one.jsonl
try "$run"
sed 's/"a2"/"A2"/' one >one.jsonl
try "$run"
# The order has changed: "a" is not where it was.
{ sed -n 2p one; sed -n '1p;3p' one; } >one.jsonl
try "$run"
cp one one.jsonl
sed 's/wbajx/wzzzx/' two >two.jsonl
try "$run"
# The same documents, compressed, are the same file.
cp two two.jsonl
gzip -nc one >one.jsonl
try "$run"
try "tamis near-keep -q one.jsonl | cut -c 1-9"
# Another text field gives other texts.
sed 's/"id":/"body":"a b c d e f g h","id":/' one >both
tamis near-sketch -q -o one.jsonl both
tamis near-match -q -o m one.jsonl two.jsonl
try "$run --text body"
try "$run --text body --on-bad=skip"
# near-keep reads no text, and refuses a file in which any byte has changed.
try "$run"
try "tamis near-keep -q one.jsonl | cut -c 1-20"
sed 's/wcaax/wzzzx/' both >one.jsonl
rm one.jsonl.report.json
try tamis near-keep -q -o out one.jsonl
try "cat one.jsonl | tamis near-keep -q --keep one.jsonl.keep -o out"
try ls
# Documents are named, not standard input.
try "tamis near-elect --matches m <one.jsonl"
try "tamis near-elect --matches m"
try "tamis near-keep"
