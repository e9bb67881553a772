# A directory of DOCS shards stands for all of them; the files of a shard count once.
mkdir tok
for name in b a a.x; do docs en 1 20 | tamis encode -q -m m -o tok/$name --report tok/$name.report.json; done
try "tamis verify tok 2>&1 | sed 's/[0-9]* bytes/N bytes/'"
try "tamis verify tok/ 2>&1 | sed 's/[0-9]* bytes/N bytes/'"
try "tamis verify tok/* 2>&1 | sed 's/[0-9]* bytes/N bytes/'"
try 'tamis info tok/ | grep ^tok'
try 'tamis info tok/* | grep ^tok'
try "tamis verify tok/a.bin tok/a tok 2>&1 | sed 's/[0-9]* bytes/N bytes/'"
printf X | dd of=tok/a.bin bs=1 seek=9 conv=notrunc status=none
try tamis verify -q tok
rm tok/b.bin
try 'tamis verify -q tok/* | cut -d : -f 1-2'
echo '{}' >alone.report.json
try tamis verify alone.report.json
