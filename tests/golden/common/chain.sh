# -o X writes X.report.json, and a reader of X embeds it; --provenance does so for a pipe.
versions() { sed 's/"tamis":"[^"]*"/"tamis":"*"/g; s/"libraries":{[^}]*}/"libraries":"*"/g; s/"options":{[^}]*}/"options":"*"/g' "$@"; }
echo '{"text":" a "}' >in
tamis norm -q -o a.zst in
tamis length -q -o b.jsonl a.zst
try versions b.jsonl.report.json
# Through a pipe.
tamis norm -q --report norm.report in | tamis length -q --provenance norm.report -o c.jsonl
try versions c.jsonl.report.json
try tamis length -q --provenance absent in
echo nonsense >bad
try tamis length -q --provenance bad -o d in
[ ! -e d ]
# A report beside a file that describes another file.
echo '{"text":"b"}' >b.jsonl
try tamis length -q --report r b.jsonl
try versions r
echo nonsense >b.jsonl.report.json
try tamis length -q --report r b.jsonl
