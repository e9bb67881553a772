# What is no shard, or not a whole one: the file, what is wrong with it, and what to do.
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
