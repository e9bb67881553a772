# Scatter files of another format version, and damaged ones, are rejected with their version or name.
docs en 1 40 | tamis encode -q -m m -o en
printf 'tamis-plan 1\nseq 16\nseed 5\nphase p 640 shard=10\ngroup g 1\nsource en en in=g\n' >p
mix() {
	try tamis mix -q -p p -o run "$@"
}
# edit FILE OFFSET BYTES: replace bytes of the header and set its CRC32C
edit() {
	python3 - "$@" <<'PY'
import struct, sys
path, at, new = sys.argv[1], int(sys.argv[2]), bytes.fromhex(sys.argv[3])
with open(path, "r+b") as f:
    head = bytearray(f.read(80))
    head[at : at + len(new)] = new
    crc = 0xFFFFFFFF
    for byte in head:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    f.seek(0)
    f.write(head + struct.pack("<I", crc ^ 0xFFFFFFFF))
PY
}
mix --scatter all
job=run/scatter/job-00000
try "head -c 12 $job | od -An -tx1"
cp $job good
# A later version, an earlier one, another plan, no magic, one bit of a record.
edit $job 8 04000000
mix --only-shards all
printf 'tamissc1' >$job
mix --only-shards all
cp good $job
edit $job 16 00
mix --only-shards all
cp good $job
printf X | dd of=$job bs=1 seek=100 conv=notrunc status=none
mix --only-shards all
# A version 1 directory.
cp good $job
sed -i '1s/2/1/' run/scatter/jobs
mix --only-shards all
sed -i '1s/1/2/' run/scatter/jobs
# The first pass replaces damaged files and keeps good ones.
edit $job 8 04000000
try tamis mix -p p -o run --scatter all
try cmp $job good
mix --only-shards all
try tamis verify -q run
