# Bits and the report are distinct files, and none of them is an input.
for f in one two; do tamis near-sketch -q -o $f.jsonl $f; done
tamis near-match -q -o m one.jsonl two.jsonl
run='tamis near-elect --matches m'
for f in m one.jsonl one.jsonl.near two.jsonl.keep; do
	try "$run --report $f one.jsonl two.jsonl"
done
cp one.jsonl one.jsonl.keep
cp one.jsonl.near one.jsonl.keep.near
tamis near-match -q -o m2 one.jsonl one.jsonl.keep
try tamis near-elect --matches m2 one.jsonl one.jsonl.keep
rm one.jsonl.keep*
# The report counts the documents that are dropped; --verbose counts those of each file.
try "$run -v --report report one.jsonl two.jsonl 2>&1 | grep -v ' s$'"
try "grep -o '\"read\":[^]]*]' report | head -n 1"
# near-keep reads the bits and the sketches.
try tamis near-keep -o one.jsonl.keep one.jsonl
try tamis near-keep -o one.jsonl.near one.jsonl
try tamis near-keep --report one.jsonl.near -o out one.jsonl
# A run that is refused at its end replaces no report.
echo report >report
tail -n 2 one >one.jsonl
try tamis near-elect --report report --matches m one.jsonl two.jsonl
try cat report
try ls
