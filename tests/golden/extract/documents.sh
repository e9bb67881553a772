# Extract refuses documents, unless they are text, and names the commands that read them.
printf '{"id":"1","text":"a"}\n{"id":"2","text":"b"}\n' >docs.jsonl
zstd -q docs.jsonl
try tamis extract docs.jsonl
try tamis extract docs.jsonl.zst
try tamis extract -q --max-doc 30 docs.jsonl
try tamis extract --on-bad=skip docs.jsonl docs.jsonl.zst
try tamis extract -q --as text docs.jsonl
try tamis extract -q --text body docs.jsonl
printf '{"body":"a"}' >body.json
try tamis extract -q --text body body.json
printf '{"text":null}\n{"a":1}\n' >data.json
try tamis extract -q body.json data.json
# A line may be longer than the blocks in which files are read, and than --max-doc.
xs=$(head -c 1100000 /dev/zero | tr '\0' x)
printf '{"id":"a","text":"%s"}\n' "$xs" >long.jsonl
printf '{"html":{"text":"%s"}, "text" : "a"}' "$xs" >last.jsonl
printf '{"html":{"text":"%s"}}\n' "$xs" >other.json
try tamis extract -q long.jsonl
try tamis extract -q --max-doc 1K long.jsonl
try tamis extract -q last.jsonl
try tamis extract --on-bad=skip --max-doc 1K last.jsonl
tamis extract -q other.json | try wc -l
