# Two outputs under one name are an error before anything is written.
echo '{"text":"a"}' >in
try tamis length -q -o out -r out in
try tamis length -q -o out --report out in
try tamis length -q -r out --report out in
try tamis length -q -r - in
try ls
note 'reports that appear by themselves'
try tamis length -q -o out -r out.report.json in
try tamis length -q -o out -r ./out.report.json --report other in
note 'files that carry the value of a field'
for name in en.jsonl other.jsonl.zst en.jsonl.report.json; do
	try tamis norm -q --split-by lang -o d --report d/$name in
	try tamis norm -q --split-by lang -o d -r ./d/$name in
done
try ls
try tamis norm -q --split-by text -o d/ --report d/./a.jsonl in
try tamis norm -q --split-by text -o . --report a.jsonl in
try tamis norm -q --split-by text -o d --report d/all.report.json -r d/rejects in
try tamis length -q -o out --report out.report.json in
try ls . d
