# --resume compares kept shards with their checksums, and writes damaged ones again.
docs en 1 40 | tamis encode -q -m m -o en
printf 'tamis-plan 1\nseq 16\nshard 5\nphase p 480\ngroup g 1\nsource en en in=g\n' >p
tamis mix -q -p p -o run
hash() { (cd "$1" && sha256sum -- *); }
hash run >want
damage() { printf '\377\377' | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }
damage run/shard-00001.bin 100
damage run/shard-00003.idx 40
damage run/shard-00004.sdx 300
rm run/run.tsv
inode=$(stat -c %i run/shard-00002.bin)
for j in 1 4; do
	cp -R run again
	try tamis mix -j $j --resume -p p -o again
	hash again | cmp want -
	rm -r again
done
try tamis mix -q --only-shards 1-2 -p p -o run
[ "$inode" = "$(stat -c %i run/shard-00002.bin)" ]
try tamis mix -q --resume -p p -o run
try tamis verify -q run
hash run | cmp want -
