# Documents are cut into shards of at most --tokens, or into --shards of like size; none is split.
rows() {
	try "for s in $1; do tamis info --json \$s; done | fields 'd[\"path\"]' 'd[\"shard_no\"]' 'd[\"shard_count\"]' 'd[\"documents\"]' 'd[\"tokens\"]'"
}
rows 'a b c'
try tamis reshard --tokens 100 -o t a b c
rows 't-*.sdx'
try tamis verify -q t-*.sdx
# A document that is longer than --tokens has a shard of its own.
try tamis reshard -q --tokens 1 -o one a
rows 'one-*.sdx'
for n in 1 3 6; do
	try tamis reshard -q --shards $n -o s$n a
	rows "s$n-*.sdx"
done
# One long document among short ones: the others share the rest.
{
	docs en 1 2
	printf '{"id":"long","text":"%0300d"}\n' 7
	docs en 3 8
} | tamis encode -q -m m -o long
try tamis reshard -q --shards 4 -o l long
rows 'l-*.sdx'
try tamis reshard --shards 7 -o s7 a
# The shards of a split name their inputs, and merge to the shard that was split.
try 'tamis info --json t-00001 | fields "[[s[\"name\"], s[\"documents\"], [[t[\"name\"], t[\"first_row\"]] for t in s[\"shards\"]]] for s in d[\"sources\"]]"'
try tamis reshard -q -o again t-*.sdx
try tamis reshard -q -o whole a b c
for x in bin idx; do cmp again.$x whole.$x; done
try 'tamis cat --all again | cmp - <(tamis cat --all whole)'
