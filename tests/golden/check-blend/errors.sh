# Usage errors; directories that are not a run, differ from their plan.lock, or are damaged.
# flip SDX SECTION: flip the lowest bit of its middle byte
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
docs en 1 40 | tamis encode -q -m m -o en
printf 'tamis-plan 1\nseq 16\nseed 5\nshard 10\nphase p 480\ngroup g 1\nsource en en in=g\n' >p
tamis mix -q -p p -o run
try tamis check-blend
try tamis check-blend run run
try tamis check-blend --at 0 run
try tamis check-blend --at 31 run
try tamis check-blend --batch 1 run
try tamis check-blend --batch 0 --at 5 run
try tamis check-blend --phase other run
try tamis check-blend absent
try tamis check-blend run/shard-00000
mv run/plan.lock lock
try tamis check-blend run
echo 'tamis-lock 1' >run/plan.lock
try tamis check-blend run
tamis plan p | sed 's/seed 5/seed 6/' >run/plan.lock
try tamis check-blend run
cp p run/plan.lock
try 'tamis check-blend run 2>&1 | sed "s:$PWD:HERE:"'
cp lock run/plan.lock
mv run/run.tsv tsv
try tamis check-blend run
cp tsv run/run.tsv
try tamis check-blend -q run
# A flipped bit in each section that check-blend reads.
for what in DOC SEG SEGIDX; do
	s=run/shard-00001
	cp $s.sdx good
	flip $s.sdx $what
	try tamis check-blend run
	try tamis check-blend -q --at 10 run
	cp good $s.sdx
done
rm run/shard-00002.sdx
try tamis check-blend run
