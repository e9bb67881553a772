# Plans, shards, memory and ranges that mix rejects; it writes nothing.
tamis vocab -q --size 290 -o other t
docs en 1 40 | tamis encode -q -m m -o en
docs de 1 40 | tamis encode -q -m m -o de
docs fr 1 40 | tamis encode -q -m other -o fr
tamis encode -q -m m -o none </dev/null
# plan SOURCES...: a plan with one group of these
plan() {
	printf 'tamis-plan 1\nseq 16\nphase p 640 shard=10\ngroup g 1\n' >p
	for s; do printf 'source %s in=g\n' "$s" >>p; done
}
refused() {
	try tamis mix -q -j 1 -p p -o run "$@"
	[ ! -e run ] || { try ls run && rm -r run; }
}
# A cap exceeded; no tokens; another model; duplicate shards.
plan 'en en cap=0.5'
refused
plan 'en en' 'none none'
refused
plan 'none none'
refused
plan 'en en' 'fr fr'
refused
plan 'en en fr'
refused
plan 'en en' 'de en'
refused
cp en.bin copy.bin && cp en.idx copy.idx && cp en.sdx copy.sdx
plan 'en en' 'copy copy'
refused
# Ids beyond the vocabulary size in the header, whose checksum is correct.
python3 - <<'PY'
import struct
head = bytearray(open("en.sdx", "rb").read(252))
head[44:48] = struct.pack("<I", 100)
crc = 0xFFFFFFFF
for byte in head:
    crc ^= byte
    for _ in range(8):
        crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
open("copy.sdx", "r+b").write(head + struct.pack("<I", crc ^ 0xFFFFFFFF))
PY
plan 'copy copy'
refused
# Memory and ranges.
plan 'en en' 'de de'
refused -m 1
refused -m 16777215
refused -m x
refused --only-shards 0-4
refused --only-shards 4
refused --only-shards 2-1
refused --only-shards -1
refused --only-shards 0-
refused --only-shards 1,2
refused --only-shards 99999999999999999999-100000000000000000000
refused --scatter all --only-shards all
refused --scatter all --force
refused --scatter 0-1000
# A shard that two globs of one source match is used once.
plan 'en e[n] en'
try "tamis plan p | grep -c '^docs'"
# Parts of two plans cannot share a directory; the second pass needs the first one.
plan 'en en' 'de de'
try tamis mix -q -p p -o run --only-shards 0-1
sed 's/seq 16/seed 2\nseq 16/' p >q
try tamis mix -q -p q -o run --only-shards 2-3
try tamis mix -q -p q -o run --scatter all
try tamis mix -q -p q -o run --resume
try tamis mix -q -p p -o run --scatter all
rm run/scatter/job-00000
try tamis mix -q -p p -o run --only-shards 2-3
try tamis mix -q -p p -o run --scatter 0
try tamis mix -q -p p -o run --only-shards 2-3
try ls run
try tamis verify -q run
