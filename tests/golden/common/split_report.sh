# With --split-by, a file's report counts its documents; the run's report lists the files.
cat >in <<'END'
{"text":"a","lang":"en"}
{"text":"b","lang":"de"}
{"text":"","lang":"en"}
{"text":"d","lang":"en"}
END
try tamis length --split-by lang -o out --report r in
try "grep -o '\"read\".*bad\":[0-9]*' out/en.jsonl.report.json out/de.jsonl.report.json r"
try "grep -o '\"outputs\".*' r"
try "grep -c outputs out/en.jsonl.report.json"
note 'a file that cannot be published leaves no report of the run'
rm -r out r
mkdir -p out/de.jsonl.report.json
try tamis length -q --force --split-by lang -o out --report r in
try ls . out
