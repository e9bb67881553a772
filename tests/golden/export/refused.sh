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
