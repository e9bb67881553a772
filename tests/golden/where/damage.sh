# where never names another document, nor misses one, because a bit of the rows is flipped.
for tag in DOC DOCID SEG SEGIDX SRC; do
	rm -rf run
	tamis mix -q -p p -o run
	flip_section run/shard-00001.sdx $tag
	note $tag
	try 'tamis where 25:3 run | wc -l'
	try 'tamis where --domain a.example run | wc -l'
done
note 'another shard of the run'
try 'tamis where 0:0 5:1 run | wc -l'
for tag in DOC DOCID; do
	for x in bin idx sdx; do cp en.$x d.$x; done
	flip_section d.sdx $tag
	note "$tag of documents"
	try 'tamis where 3:0 d | wc -l'
	try 'tamis where --url http://a.example/7 d | wc -l'
done
