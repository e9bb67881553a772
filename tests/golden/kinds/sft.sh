# mix packs whole conversations with their masks, the same for any -j; verify and cat agree.
sft 40 a
sft 12 b
plan a b >p
try tamis mix -p p -o run
try tamis verify -q run
try 'tamis cat --all run | sed -n 1,24p'
for args in -j1 -j4 '--no-ids -j2'; do
	rm -rf again
	# shellcheck disable=SC2086
	tamis mix -q $args -p p -o again
	for f in run/*.bin run/*.idx; do cmp "$f" "again/${f#run/}"; done
done
# A longer run begins with the same samples, also where it is extended.
tokens=160 plan a b >p
try tamis mix -q -p p -o short
tokens=240 plan a b >longer
try tamis mix -q -p longer -o long
try cmp short/shard-00000.bin long/shard-00000.bin
try tamis mix -q --extend -p longer -o short
try diff -r short long
# A shuffle in two passes gives the same bytes.
try tamis mix -q -p longer -o two --scatter all
try tamis mix -q -p longer -o two --only-shards all
rm -r two/scatter
try diff -r two long
# Each conversation starts at a multiple of 4.
align=4 plan a b >p
try tamis mix -q -p p -o aligned
try tamis verify -q aligned
try 'tamis cat --all aligned | sed -n 1,12p'
