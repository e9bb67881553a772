# Each layout has the tokens of all documents in order, and where they end.
try tamis cat --all --plain --ids a b
for l in datatrove olmo llm.c nanogpt; do
	try tamis export --to $l -o $l a b
done
try ls
try words nanogpt.bin 2
try 'cmp nanogpt.bin olmo.npy && cmp nanogpt.bin datatrove.ds'
try 'tail -c +1025 llm.c.bin | cmp - nanogpt.bin'
note 'magic, version, number of tokens'
try 'words llm.c.bin 4 | head -n 2'
try words datatrove.ds.index 8
try cat datatrove.ds.metadata
try gunzip -c olmo.csv.gz
