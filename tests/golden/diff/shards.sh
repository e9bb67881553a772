# diff compares the documents of DOCS shards, and rejects what it cannot compare.
docs en 1 39 | tamis encode -q -m m -o shorter
docs en 1 40 | sed 's/number 7"/number 77"/' | tamis encode -q -m m -o changed
try tamis diff en en.idx
try tamis diff en changed
try tamis diff -m m en shorter
try tamis diff en run
try tamis diff en
try tamis diff en en en
try tamis diff run absent
docs de 1 30 >t2
tamis vocab -q --size 290 -o other t2
docs en 1 40 | tamis encode -q -m other -o foreign
try 'tamis diff en foreign | tail -n 1'
try 'tamis diff -m m en foreign 2>&1 | sed "s/[0-9a-f]\{64\}/SHA/g"'
printf '\001' | dd of=run/shard-00001.bin bs=1 seek=10 conv=notrunc status=none
try tamis diff -j 4 run run
truncate -s -1 run/shard-00002.bin
try tamis diff run/shard-00000 run/shard-00002
