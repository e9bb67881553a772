# --split writes one file per language; the report names the model.
printf '{"path":"%s","text":"%s"}\n' a.c 'int main(void) { return 0; }\n' b.py 'import os\n' c.cs 'class C {}\n' d.c 'int x;\n' >in
try tamis codeid --split out in
try ls out
try cat out/c.jsonl
try sed -E 's/.*("codeid model":")[0-9a-f]{32}.*/\1/' out/c-sharp.jsonl.report.json
try tamis chain -q norm --lossless : codeid --split chained in
try ls chained
