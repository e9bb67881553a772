# A damaged shard is named, and no output appears, whole or in parts.
# flip FILE BYTE BIT
flip() {
	old=$(od -An -tu1 -j "$2" -N 1 "$1")
	# shellcheck disable=SC2059
	printf "\\$(printf %03o $((old ^ 1 << $3)))" |
		dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
mkdir out
at() {
	for i in '' '--shards 4'; do
		flip "$1" "$2" 0
		# shellcheck disable=SC2086
		try tamis reshard -o out/x $i a c b
		try ls out
		flip "$1" "$2" 0
	done
}
at b.bin 70
at c.sdx 20
at c.sdx 300
sec() {
	tamis info --json "$1" >/dev/null
	python3 -c '
import struct, sys
head = open(sys.argv[1] + ".sdx", "rb").read()
for i in range(256, 256 + 64 * struct.unpack_from("<I", head, 124)[0], 64):
    if head[i : i + 8].rstrip(b"\0").decode() == sys.argv[2]:
        print(struct.unpack_from("<Q", head, i + 8)[0])' "$1" "$2"
}
for tag in BLKCRC DOC DOCID SRC META; do
	at b.sdx "$(sec b $tag)"
done
truncate -s 10 b.bin
try tamis reshard -o out/x a b
rm b.idx
try tamis reshard -o out/x a b
try ls out
