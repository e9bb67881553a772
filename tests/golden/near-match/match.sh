# Documents that share a band key are listed, in one file or in parts.
for f in one two; do tamis near-sketch -q -o $f.jsonl $f; done
try tamis near-match -o m one.jsonl two.jsonl
for i in 1 2 3; do tamis near-match -q --part $i/3 -o m one.jsonl two.jsonl; done
try ls m*
printf '%s\n' one.jsonl two.jsonl >list
try tamis near-match -q --files-from list -o m2
try cmp m m2
