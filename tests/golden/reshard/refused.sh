# Shards that reshard cannot join, with the fact that differs; it writes nothing.
refused() {
	try tamis reshard -o out "$@"
	[ ! -e out.sdx ] && [ ! -e out.bin ] && [ ! -e out.lock ]
}
tamis vocab -q --size 290 -o other t
docs fr 1 3 >fr.jsonl
tamis encode -q -m other -o model fr.jsonl
tamis encode -q -m m --eod none -o eod fr.jsonl
awk '{ sub(/^{/, "{\"n\":" NR ","); print }' fr.jsonl >numbered
tamis encode -q -m m --number n -o number numbered
sed 's/"n"/"k"/' numbered | tamis encode -q -m m --number k -o other_number
refused a model
refused a eod
refused a number
refused number a
refused number other_number
# The same shard, by another name.
for x in bin idx sdx; do cp a.$x copy.$x; done
refused a b copy
try tamis reshard -q -o once a a.sdx
# Samples; a run; a directory without shards.
printf 'tamis-plan 1\nseq 16\nphase p 160\ngroup g 1\nsource en a in=g\n' >p
tamis mix -q -p p -o run
refused a run/shard-00000
refused run
mkdir empty
refused empty
# A data set of Megatron has no .sdx.
cp a.bin meg.bin && cp a.idx meg.idx
refused meg
refused meg.bin
refused meg.idx
refused absent
: >list
refused --files-from list
refused --files-from absent
# Shards with and without bos before each document.
docs en 1 3 | tamis encode -q -m m --bos -o with_bos
try tamis reshard -q -o x a with_bos
try tamis reshard -q -o x with_bos a
printf 'tamis-plan 1\nseq 16\nphase p 16\ngroup g 1\nsource en a in=g\nsource bos with_bos in=g\n' >p
try tamis plan -n p
