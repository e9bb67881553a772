# takedown removes the first token of a document from NEXT, and what it says of a document from DOCID; META records it.
printf 'tamis-plan 1\nseq 17\nshard 20\nphase p max\ngroup g 1\nsource en en in=g cap=2\n' >p
rm -r run && tamis mix -q -p p -o run
# en-6 begins with a sample, and so does en-1, which follows en-40 in the next epoch.
tamis takedown -n -q - run 2>&1 <<<'id en-6' >plan-of-it
try cat plan-of-it
echo id en-6 >list
try tamis takedown -o new list run
try tamis verify -q new
next() { tamis cat --all "$1" | grep '^## .*' >"$1.next"; }
next run && next new
try diff run.next new.next
try "tamis where --json --id en-6 new | head -n 1"
try "grep -al -e en-6 new/*"
meta() { for s in "$1"/*.sdx; do tamis info --json "$s" | sed "s/,\"tool.*//; /\"takedown\":/!s/.*/none/; s/.*\"takedown\"://"; done; }
try meta new
# The first document of the source.
printf 'id en-1\nurl http://a.example/3\n' >list
try tamis takedown -o newer list new
try tamis verify -q newer
next newer
try diff new.next newer.next
try meta newer
# The next epoch begins with a sample: NEXT of the last sample of the first one.
docs en 1 9 | tamis encode -q -m m -o nine
sed 's/en en/nine nine/' p >p9
tamis mix -q -p p9 -o run9
try "echo id en-1 | tamis takedown -n - run9"
# Entries that were taken down before are not missing, by any name.
try tamis where --url http://a.example/3 newer
try "printf 'domain a.example\n' | tamis where --list - newer | wc -l"
try "printf 'url http://a.example/3\nid en-6\n' | tamis takedown -o newest - newer"
try tamis diff newer newest
for f in newer/shard-*; do try cmp "$f" "newest/${f##*/}"; done
# Shards without ids.
tamis mix -q -p p --no-ids -o bare
echo id en-6 >list
try tamis takedown -o bare-new list bare
try tamis verify -q bare-new
try tamis where --id en-6 bare-new
