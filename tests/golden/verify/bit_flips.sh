# verify finds one flipped bit in any file of a run or shard, and names what it affects.
docs en 1 40 | tamis encode -q -m m -o en
docs de 1 20 | tamis encode -q -m m -o de
printf 'tamis-plan 1\nseq 16\nseed 7\nshard 20\nphase p 800\ngroup g 1\nsource en en in=g\nsource de de in=g\n' >p
tamis mix -q -p p -o run
try tamis verify -q run en de.sdx
# flip FILE BYTE BIT
flip() {
	old=$(od -An -tu1 -j "$2" -N 1 "$1")
	# shellcheck disable=SC2059
	printf "\\$(printf %03o $((old ^ 1 << $3)))" |
		dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
# hit FILE BYTE BIT: verify with that bit flipped
hit() {
	note "bit $3 of byte $2 of $1"
	flip "$1" "$2" "$3"
	try tamis verify -q "${1%/*}"
	flip "$1" "$2" "$3"
}
hit run/shard-00000.bin 0 0
hit run/shard-00001.bin 639 7
hit run/shard-00001.bin 100 3
hit run/shard-00002.idx 0 5
hit run/shard-00002.idx 17 1
hit run/shard-00002.idx 40 0
hit run/shard-00000.sdx 0 0
hit run/shard-00000.sdx 56 0
hit run/shard-00000.sdx 150 4
hit run/shard-00000.sdx 255 0
hit run/shard-00000.sdx 260 1
hit run/shard-00000.sdx 1000 0
hit run/run.tsv 30 5
hit run/plan.lock 3 0
hit run/plan.lock 25 0
flip en.bin 41 0
flip en.bin 141 0
try tamis verify -q en
flip en.bin 141 0
flip en.bin 41 0
try "tamis verify run en de 2>&1 | sed 's/[0-9]* bytes/N bytes/'"
