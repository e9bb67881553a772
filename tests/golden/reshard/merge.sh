# Merged shards keep ids, URLs, languages and sources; ordinals continue from shard to shard.
try tamis reshard -o all a b c
try tamis verify -q all
try tamis cat --all --plain all
try 'tamis cat --all all | grep "^##"'
try 'tamis info --json all | fields "[[s[k] for k in (\"name\", \"weight_billionths\", \"tokens\", \"documents\")] + [t[\"name\"] for t in s[\"shards\"]] for s in d[\"sources\"]]" "d[\"meta\"][\"provenance\"][\"options\"]" "sorted(d[\"meta\"][\"provenance\"])" "d[\"meta\"][\"tokenizer\"]" | tr "\t" "\n"'
# The payload and the index are those of one encode of all documents.
{
	docs en 1 15
	docs de 1 5
} | tamis encode -q -m m -o direct
cmp all.bin direct.bin
cmp all.idx direct.idx
# One source instead of two.
try tamis reshard -q --source web -o web c.sdx a.bin
try 'tamis info web | tail -n 2'
# A directory, in the order of its names; a list of names.
mkdir tok
tamis reshard -q -o tok/2 a
tamis reshard -q -o tok/10 b
try tamis reshard -o dir tok
try 'tamis cat --all dir | grep -c en-7'
printf 'b\nc.sdx\n\nb.idx\n' >list
try tamis reshard --files-from list -o listed a
try 'tamis info --json listed | fields "[[s[\"name\"], s[\"documents\"], [t[\"name\"] for t in s[\"shards\"]]] for s in d[\"sources\"]]"'
# An empty shard.
tamis encode -q -m m --source en -o none </dev/null
try tamis reshard -o nothing none
try tamis reshard --tokens 100 -o nothing none
try tamis verify -q nothing nothing-00000
try ls
