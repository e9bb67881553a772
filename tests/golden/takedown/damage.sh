# takedown never misses a document because a bit of a run is flipped, and copies no other plan.
echo domain a.example >list
for tag in SEGIDX SEG NEXT DOC DOCID SRC; do
	rm -rf run
	tamis mix -q -p p -o run
	flip_section run/shard-00001.sdx $tag
	try 'tamis takedown -q -o new list run 2>&1 | sed "s/byte [0-9]*/byte N/"'
	try 'ls new/run.tsv'
	rm -rf new
done
rm -rf run
tamis mix -q -p p -o run
sed -i 's/^seed 0/seed 1/' run/plan.lock
try tamis takedown -q -o new list run
try ls new
rm run/plan.lock
try tamis takedown -q -o new list run
