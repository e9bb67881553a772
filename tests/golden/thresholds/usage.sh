# thresholds refuses missing and invalid options, and input without languages.
echo '{"id":"a","lang":"en","text":"a text"}' >in
try tamis thresholds in
try tamis thresholds -o - in
try tamis thresholds -o r -R c4 in
try tamis thresholds -o r -R gopher,gopher in
try tamis thresholds -o r -R nothing in
try tamis thresholds -o r --method best in
try tamis thresholds -o r --sample 1 in
try tamis thresholds -o r --stop-share 0 in
try tamis thresholds -o r --where lang=en in
try tamis thresholds -o r in
try tamis thresholds -o r --min-docs 1 --english xx in
try tamis thresholds -o r --min-docs 1 --method tail10 -R gopher in
try sed 's/uax29-1.*/SEGMENTER/' r
echo '{"text":"no language"}' | try tamis thresholds -o r
: >nothing
try tamis thresholds -o r nothing
try tamis thresholds -o r --method tail10 nothing
try tamis thresholds -o r.zst in
try tamis length -q --report r.gz in
