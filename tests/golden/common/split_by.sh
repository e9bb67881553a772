# --split-by FIELD -o DIR writes one file per value of the field, after any filter.
cat >in <<'END'
{"text":"a","lang":"en"}
{"text":"b","lang":"de"}
{"text":"c"}
{"text":"d","lang":"en"}
{"text":"e","lang":"../up"}
{"text":"f","lang":3}
END
try tamis length --split-by lang -o out in
try head out/de.jsonl out/en.jsonl out/other.jsonl
try ls out
try tamis chain -q -z --force --split-by lang -o out length : exact in
try ls out
try zstd -dc out/en.jsonl.zst
try tamis length -q --split-by lang -o out in
try tamis length -q --split-by lang in
try tamis encode -q --split-by lang -m m -o x in
