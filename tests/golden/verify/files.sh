# verify finds files of a run that are missing, truncated, too long, or of another run.
docs en 1 40 | tamis encode -q -m m -o en
printf 'tamis-plan 1\nseq 16\nseed 7\nshard 10\nphase p 480\ngroup g 1\nsource en en in=g\n' >p
tamis mix -q -p p -o whole
sed 's/seed 7/seed 8/' p >other
tamis mix -q -p other -o other.run
hide() { sed -E '/sdx: byte/s/ [0-9]{4,}/ N/g'; }
# broken CMD: verify a copy of the run after CMD in it
broken() {
	rm -rf run && cp -r whole run
	note "run: $*"
	(cd run && eval "$*")
	try 'tamis verify -q run | hide'
}
broken rm shard-00001.bin
broken rm shard-00001.idx
broken rm shard-00001.sdx
broken 'rm shard-00001.*'
broken 'rm shard-00002.*'
broken rm plan.lock
broken rm run.tsv
broken 'rm run.tsv shard-00002.*'
broken 'touch notes shard-00000.bin.host.1.tmp'
broken 'head -c 100 shard-00001.bin >x && mv x shard-00001.bin'
broken 'head -c 100 shard-00001.idx >x && mv x shard-00001.idx'
broken 'head -c 1000 shard-00001.sdx >x && mv x shard-00001.sdx'
broken 'head -c 200 shard-00001.sdx >x && mv x shard-00001.sdx'
broken 'echo >>shard-00001.bin'
broken 'echo >>shard-00001.idx'
broken 'echo >>shard-00001.sdx'
broken 'cp ../other.run/shard-00001.* .'
broken 'cp ../other.run/plan.lock .'
broken 'cp ../other.run/run.tsv .'
broken 'cp shard-00000.bin shard-00001.bin'
