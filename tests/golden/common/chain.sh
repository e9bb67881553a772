# -o X writes X.report.json, a reader of X chains it; --provenance does it for a pipe.
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
# A report that lies beside a file but is of another.
echo '{"text":"b"}' >b.jsonl
try tamis length -q --report r b.jsonl
try versions r
echo nonsense >b.jsonl.report.json
try tamis length -q --report r b.jsonl
