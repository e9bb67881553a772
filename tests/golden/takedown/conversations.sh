# takedown masks a conversation, and mix of new shards leaves it out.
for i in 1 2 3 4; do
	echo "{\"id\":\"c-$i\",\"prompt\":\"the mill \",\"completion\":\"number $i\"}"
done >chats
tamis encode -q -m m --template none --seq 32 -o sft chats
printf 'tamis-plan 1\nseq 32\npack bestfit cut=never\nphase p max\ngroup g 1\nsource sft sft in=g\n' >p
tamis mix -q -p p -o sft-run
echo id c-2 >list
try tamis takedown -n list sft-run
try tamis takedown -q -o masked list sft-run
try tamis verify -q masked
try tamis mix -q -p p --tombstones list -o new
tamis encode -q -m m --template none --seq 32 --tombstones list --force -o sft chats
try tamis mix -q -p p --tombstones list -o new
try "tamis cat --docs --all new | grep -c '^##'"
