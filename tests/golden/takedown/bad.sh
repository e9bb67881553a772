# takedown writes nothing if an entry names no document, and rejects lists, runs and directories that it cannot use.
printf 'id en-7\nid none\nurl http://example.org/\n' >list
try tamis takedown -o new list run
try test -e new
try tamis takedown -q --allow-missing -o new list run
try cat new/tombstones
printf 'id none\n' >none
try tamis takedown --allow-missing -o other none run
: >empty
try tamis takedown -o other empty run
echo en-7 >word
try tamis takedown -o other word run
try tamis takedown --kind id -q -o other word run
try tamis takedown --kind id -o new word run
try tamis takedown -o x word
try tamis takedown word run
try tamis takedown --kind id -o x word absent
try tamis takedown --kind id -o x word en
tamis mix -q --no-ids -p p -o bare
try tamis takedown -q --kind id -o bare-new word bare
try tamis verify -q bare-new
try 'echo url http://a.example/7 | tamis takedown -o x - bare'
truncate -s -1 run/shard-00001.sdx
try tamis takedown --kind id -o x word run
