# vocab trains a model of control, byte and text pieces, with the same bytes each time.
cat >in <<'JSON'
{"text":"the mill and the sieve\nthe flour of the mill","id":"a"}
{"text":"the mill and the sieve 2024","id":"b"}
{"text":"","id":"c"}
JSON
try tamis vocab --size 280 -o m in
try tamis vocab -q --size=280 -o again <in
cmp m again
# The report has the digest of the model, in case that another run replaces one of the two.
try "grep -o '\"output.*' m.report.json; wc -c <m"
# With ids the order of documents does not matter.
sort -r in | try tamis vocab -q --size 280 -o again
cmp m again
gzip -nc in | tamis vocab -q --size 280 -o again
cmp m again
printf '%s\n' '{"text":"the mill <s>2024</s>\t\u00e9"}' | try tamis encode -q -m m --pieces
printf '0 1 2 3 5 259 260 279\n' | try 'tamis decode -m m | cut -c 1-22'
echo '{"text":"mill"}' | try tamis encode -q -m m --eod 279 --ids
try ls
