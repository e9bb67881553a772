# cat never prints another document, epoch or next token because a bit of the rows is flipped.
docs en 1 40 | tamis encode -q -m m -o en
printf 'tamis-plan 1\nseq 16\nshard 20\nphase p 480\ngroup g 1\nsource en en in=g\n' >p
for tag in SEGIDX SEG NEXT DOC DOCID SRC; do
	rm -rf run
	tamis mix -q -p p -o run
	flip_section run/shard-00001.sdx $tag
	try 'tamis cat -n 25 run 2>&1 | sed "s/byte [0-9]*/byte N/"'
	try 'tamis cat -n 25 run/shard-00001 >out 2>&1'
	try 'tamis cat --docs --all run >out 2>&1'
done
try 'tamis cat -n 5 run | sed -n 1p'
for tag in DOC DOCID; do
	for x in bin idx sdx; do cp en.$x d.$x; done
	flip_section d.sdx $tag
	try 'tamis cat -n 7 d 2>&1 | sed "s/byte [0-9]*/byte N/"'
done
