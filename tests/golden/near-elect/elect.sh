# near-elect writes the bits of each file, near-keep applies them.
for f in one two; do tamis near-sketch -q -o $f.jsonl $f; done
tamis near-match -q -o m one.jsonl two.jsonl
try tamis near-elect --matches m one.jsonl two.jsonl
try ls ./*.keep
try tamis near-keep one.jsonl
try tamis near-keep two.jsonl
# The parts of the matches may be several.
rm ./*.keep
for i in 1 2; do tamis near-match -q --part $i/2 -o m one.jsonl two.jsonl; done
try tamis near-elect -q --matches m --parts 2 one.jsonl two.jsonl
try 'for f in one two; do tamis near-keep -q $f.jsonl; done | cut -c 1-12'
# A higher threshold keeps all but the text that is a part of another.
try tamis near-elect -q --matches m --threshold 1 one.jsonl two.jsonl
try 'for f in one two; do tamis near-keep -q $f.jsonl; done | cut -c 1-12'
# A later file against the first one, whose bits stay.
tamis near-match -q -o m1 two.jsonl
tamis near-elect -q --matches m1 two.jsonl
rm one.jsonl.keep
tamis near-match -q -o m one.jsonl two.jsonl
try tamis near-elect -q --incremental --matches m one.jsonl two.jsonl
try 'for f in one two; do tamis near-keep -q $f.jsonl; done | cut -c 1-12'
# A bucket above --best is reported, with the line of a document.
try tamis near-elect --best 1 --matches m one.jsonl two.jsonl
