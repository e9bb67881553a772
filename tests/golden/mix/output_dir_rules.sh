# The output directory: mix keeps a run, resumes a killed one, rejects foreign files.
docs en 1 40 | tamis encode -q -m m -o en
printf 'tamis-plan 1\nseq 16\nshard 10\nphase p 480\ngroup g 1\nsource en en in=g\n' >p
try tamis mix -q -p p -o run
hash() { (cd "$1" && sha256sum -- *); }
hash run >want
try tamis mix -p p -o run
hash run | cmp want -
try tamis mix -p p -o run --resume
hash run | cmp want -
# As after a kill: no run.tsv, an incomplete shard, temporary files.
rm run/run.tsv run/shard-00001.sdx run/shard-00002.*
echo half >run/shard-00002.bin.host.1.tmp
echo half >run/run.tsv.host.1.tmp
inode=$(stat -c %i run/shard-00000.bin)
try tamis mix -q -p p -o run
try tamis mix -q --resume -p p -o run
hash run | cmp want -
[ "$inode" = "$(stat -c %i run/shard-00000.bin)" ]
# --resume rewrites a damaged shard and keeps a complete one.
printf X | dd of=run/shard-00001.sdx bs=1 seek=300 conv=notrunc status=none
try tamis mix --resume -p p -o run
hash run | cmp want -
# --resume rejects another plan.
sed 's/seq 16/seq 8/' p >other
try tamis mix -q --resume -p other -o run
hash run | cmp want -
try tamis mix -q --force -p other -o run
try tamis verify -q run
try tamis mix -q --force -p p -o run
hash run | cmp want -
try tamis mix --resume --force -p p -o run
# Files that mix never writes.
touch run/notes.txt
try tamis mix -q --force -p p -o run
try tamis mix -q --resume -p p -o run
try ls run
mkdir foreign && touch foreign/.hidden
try tamis mix -q --force -p p -o foreign
mkdir dir dir/shard-00000.bin
try tamis mix -q --force -p p -o dir
mkdir empty
try tamis mix -q -p p -o empty
mkdir new
try tamis mix -q --resume -p p -o new
hash new | cmp want -
try tamis mix -q -p p -o p
# A source of the plan that has the name of a shard of a run.
mkdir docs
docs en 1 40 | tamis encode -q -m m -o docs/shard-00000
sed 's/en in=g/shard-00000 in=g/' p >sources
try tamis mix -q --force -p sources --root docs -o docs
rm docs/*.report.json
sum=$(sha256sum docs/*)
try tamis mix -q --force -p sources --root docs -o docs
tamis plan --root docs -o sources.lock sources
try tamis mix -q --force -p sources.lock --root docs -o docs
[ "$(sha256sum docs/*)" = "$sum" ]
