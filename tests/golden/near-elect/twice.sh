# A file that is named twice would lose all its documents; outputs must not replace inputs.
for f in one two; do tamis near-sketch -q -o $f.jsonl $f; done
try tamis near-match -o m one.jsonl ./one.jsonl
try tamis near-match -o one.jsonl one.jsonl
try tamis near-match -o one.jsonl.near one.jsonl
try tamis near-sketch --sketches one -o out one
try tamis near-sketch --sketches out -o out one
try tamis near-sketch --split-by id -o out one
# Bits are about the sketches that lie beside the documents; all documents are counted.
tamis near-match -q -o m one.jsonl two.jsonl
tamis near-elect -q --matches m one.jsonl two.jsonl
tamis near-sketch -q -o one.jsonl two
try tamis near-keep one.jsonl
cat one >>two.jsonl
tamis near-sketch -q -o one.jsonl one
tamis near-match -q -o m one.jsonl two.jsonl
try tamis near-elect --matches m one.jsonl two.jsonl
