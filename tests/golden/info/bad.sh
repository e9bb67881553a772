# A file that is not a shard, or is incomplete: the message names the file and the problem.
docs en 1 40 | tamis encode -q -m m -o en
try tamis info
try tamis info absent
try tamis info t
try tamis info m
for part in bin idx sdx; do
	for x in bin idx sdx; do cp en.$x cut.$x; done
	head -c 60 en.$part >cut.$part
	try tamis info cut
	rm cut.$part
	try tamis info cut
done
note 'damaged names and provenance'
for tag in IDXHASH SRC META; do
	for x in bin idx sdx; do cp en.$x cut.$x; done
	flip_section cut.sdx $tag
	try 'tamis info cut 2>&1 | sed "s/byte [0-9]*/byte N/"'
done
