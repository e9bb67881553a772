# What export writes comes back with the same tokens and documents; olmo keeps ids.
for l in datatrove olmo llm.c nanogpt; do
	tamis export -q --to $l -o $l a b
done
tamis reshard -q -o all a b
eod=$(tamis info --json all | python3 -c 'import json, sys; print(json.load(sys.stdin)["eod"])')
back() {
	try tamis import --from "$1" -m m --eod "$eod" --source s -o "back-$1" "$2"
	try "cmp back-$1.bin all.bin && cmp back-$1.idx all.idx"
	try tamis verify -q "back-$1"
	try "tamis cat --all back-$1 | grep '^##'"
}
back datatrove datatrove.ds
back olmo olmo.npy
back llm.c llm.c.bin
back nanogpt nanogpt.bin
mkdir megatron
cp all.bin all.idx megatron
back megatron megatron/all.bin
try 'tamis info --json back-olmo | python3 -c "import json, sys; print(json.load(sys.stdin)[\"meta\"])"'
