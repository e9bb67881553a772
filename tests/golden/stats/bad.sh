# stats rejects missing shards, shards of two kinds or two numbers, and damaged sidecars.
docs() {
	awk -v i="$1" -v last="$2" 'BEGIN {
		for (; i <= last; i++)
			printf "{\"id\":\"%d\",\"a\":1,\"b\":2,\"text\":\"the mill number %d\"}\n", i, i
	}'
}
# flip SDX SECTION: the lowest bit of the byte in its middle
flip() {
	python3 -c '
import struct, sys
path, tag = sys.argv[1:]
b = bytearray(open(path, "rb").read())
entry = next(i for i in range(256, len(b), 64) if b[i : i + 8] == tag.encode().ljust(8, b"\0"))
at, size = struct.unpack_from("<QQ", b, entry + 8)
b[at + size // 2] ^= 1
open(path, "wb").write(b)' "$@"
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
mkdir sub
try tamis stats sub
try tamis stats --table=yes en
try tamis stats en run
try tamis stats en other
tamis stats -q en >/dev/null
# A bit in the middle of each section that is read.
for what in DOC DOCNUM; do
	cp en.sdx good
	flip en.sdx $what
	try tamis stats en
	cp good en.sdx
done
for what in SEGIDX SEG; do
	cp run/shard-00000.sdx good
	flip run/shard-00000.sdx $what
	try tamis stats run
	cp good run/shard-00000.sdx
done
head -c 300 en.sdx >good && mv good en.sdx
try "tamis stats en 2>&1 | sed 's,have [0-9]*: ,have N: ,'"
note 'a directory of shards, and each shard once'
mkdir dir
for i in 1 2; do echo '{"text":"the mill"}' | tamis encode -q -m m -o dir/$i; done
try 'tamis stats --table dir | head -n 1'
try 'tamis stats --table dir/* | head -n 1'
note 'files of another kind'
for command in stats info verify cat; do
	try tamis $command t
done
