# takedown masks the tokens of documents, keeps all others, and writes tombstones.
printf 'id en-7\n' >list
try tamis takedown --dry-run list run
try tamis takedown -o new list run
try tamis verify new
try tamis diff run new
try tamis where --id en-7 new
try tamis cat -n 5 new
try tamis cat -n 11 new
# Shards without the document are links, or copies.
try 'test run/shard-00002.bin -ef new/shard-00002.bin && ! test run/shard-00000.bin -ef new/shard-00000.bin'
try tamis takedown -q --copy -o copy list run
try 'test run/shard-00002.bin -ef copy/shard-00002.bin || cmp run/shard-00002.sdx copy/shard-00002.sdx'
try tamis diff new copy
# A second takedown keeps the tombstones of the first.
try 'echo domain b.a.example | tamis takedown -o newer - new'
try tamis verify newer
try cat newer/tombstones
# encode drops what the tombstones name, and mix leaves the directory alone.
docs en 1 9 | awk '{ sub(/^\{/, sprintf("{\"url\":\"http://%sa.example/%d\",", NR % 2 ? "" : "b.", NR)) } 1' >in
try "tamis encode -m m --tombstones newer/tombstones -o left in 2>&1 | grep -v eod"
try "tamis cat --all left | grep -o 'en-[0-9]*'"
try tamis mix -p p -o new --force
try tamis mix -p p -o new --resume
