# Shards that cannot be exported are refused before any output appears.
try tamis export --to nanogpt -o b b
try tamis export --to nanogpt --force -o b a b
try tamis export --to megatron -o x a
try tamis export --to olmo -o x a absent
cp a.bin d.bin && cp a.idx d.idx && cp a.sdx d.sdx
printf '\377' | dd of=d.bin bs=1 seek=3 conv=notrunc status=none
try tamis export --to olmo -o x a d
try tamis export --to olmo -o x a --force
try tamis export --to olmo -o x a
try ls x*
note 'damage that would move ends, change ids, or the token after a sample'
printf 'tamis-plan 1\nseq 8\nphase p 16\ngroup g 1\nsource a a in=g\n' >p
for tag in SEGIDX SEG NEXT DOC DOCID; do
	rm -rf run
	tamis mix -q -p p -o run
	flip_section run/shard-00000.sdx "$tag"
	try tamis export --to datatrove -o y run
done
for tag in DOC DOCID; do
	tamis encode -q --force -m m -o d t
	flip_section d.sdx "$tag"
	try tamis export --to olmo -o y d
done
try ls y*
