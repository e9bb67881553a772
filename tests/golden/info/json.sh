# info --json prints one object per path, with the provenance of the first shard.
docs en 1 40 >en.jsonl
tamis encode -q -m m -o en en.jsonl
printf 'tamis-plan 1\nseq 16\nshard 20\nphase p 480\ngroup g 1\nsource en en in=g\n' >p
tamis mix -q -p p -o run
hide() {
	sed -E 's/[0-9a-f]{64}/SHA256/g; s/[0-9a-f]{32}/XXH3/g; s/"(tamis|version|icu|zlib|zstd|sentencepiece)":"[^"]*"/"\1":"V"/g;
		s/"sdx":[0-9]+/"sdx":N/; s/"sdx_bytes":[0-9]+/"sdx_bytes":N/'
}
try 'tamis info --json en run >out'
try 'hide <out'
try 'wc -l <out'
