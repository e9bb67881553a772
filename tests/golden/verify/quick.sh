# verify --quick finds problems in sizes and headers, and reads no payload.
docs en 1 40 | tamis encode -q -m m -o en
printf 'tamis-plan 1\nseq 16\nseed 7\nshard 10\nphase p 480\ngroup g 1\nsource en en in=g\n' >p
tamis mix -q -p p -o run
try tamis verify -q --quick run en
try "tamis verify --quick run en 2>&1 | sed 's/[0-9]* bytes/N bytes/'"
cp run/shard-00001.bin good
printf '\001' | dd of=run/shard-00001.bin bs=1 seek=10 conv=notrunc status=none
try tamis verify -q --quick run
try tamis verify -q run
head -c 100 good >run/shard-00001.bin
try tamis verify -q --quick run
cp good run/shard-00001.bin
cp run/run.tsv good
sed 's/^1	10/1	11/' good >run/run.tsv
try tamis verify -q --quick run
cp good run/run.tsv
printf '\001' | dd of=run/shard-00001.sdx bs=1 seek=56 conv=notrunc status=none
try tamis verify -q --quick run
