# What cannot be counted: no shard, shards of two kinds or numbers, a damaged sidecar.
docs() {
	awk -v i="$1" -v last="$2" 'BEGIN {
		for (; i <= last; i++)
			printf "{\"id\":\"%d\",\"a\":1,\"b\":2,\"text\":\"the mill number %d\"}\n", i, i
	}'
}
docs 1 20 >t
tamis vocab -q --size 285 -o m t
docs 1 40 | tamis encode -q -m m -o en --number a
docs 1 40 | tamis encode -q -m m -o other --number b
printf 'tamis-plan 1\nseq 16\nphase p 480\ngroup g 1\nsource en en in=g\n' >p
tamis mix -q -p p -o run
try tamis stats
try tamis stats absent
try tamis stats t
mkdir folder
try tamis stats folder
try tamis stats --table=yes en
try tamis stats en run
try tamis stats en other
tamis stats -q en >/dev/null
# A bit in the middle of each section that is read.
for what in DOC DOCNUM; do
	cp en.sdx good
	at=$(grep -obUa "$what" en.sdx | sed -n 's/:.*//p' | head -n 1)
	[ "$at" ]
	off=$(od -An -tu8 -j $((at + 8)) -N 8 en.sdx | tr -d ' ')
	printf '\377' | dd of=en.sdx bs=1 seek=$((off + 65)) conv=notrunc status=none
	try tamis stats en
	cp good en.sdx
done
s=run/shard-00000
for what in SEGIDX SEG; do
	cp $s.sdx good
	at=$(grep -obUa "$what" $s.sdx | sed -n 's/:.*//p' | tail -n 1)
	[ $what = SEG ] || at=$(grep -obUa "$what" $s.sdx | sed -n 's/:.*//p' | head -n 1)
	off=$(od -An -tu8 -j $((at + 8)) -N 8 $s.sdx | tr -d ' ')
	printf '\377' | dd of=$s.sdx bs=1 seek=$((off + 12)) conv=notrunc status=none
	try tamis stats run
	cp good $s.sdx
done
head -c 300 en.sdx >good && mv good en.sdx
try tamis stats en
