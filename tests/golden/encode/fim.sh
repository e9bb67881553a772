# --fim splits documents by seed, id and text alone; --where selects the candidates.
awk 'BEGIN { for (i = 0; i < 20; i++) print "{\"text\":\"the mill and the sieve\"}" }' >t
tamis vocab -q --size 290 --control-symbols '<fim_prefix>,<fim_suffix>,<fim_middle>' -o m t
awk 'BEGIN { for (i = 0; i < 300; i++)
	printf "{\"id\":\"%d\",\"text\":\"the mill and the sieve %d\",\"code_lang\":\"%s\"}\n", i, i, i % 2 ? "c" : "none" }' >in
try tamis encode -m m --fim 0.5 -s 7 -o s in
tamis cat --all s >rows
try sed -n 1,12p rows
try 'tamis info s | grep documents'
try tamis verify -q s
# The order of documents is nothing to the choice.
tac in >back
tamis encode -q -m m --fim 0.5 -s 7 -o back.s back
tamis cat --all --plain s | sort >a
tamis cat --all --plain back.s | sort | cmp - a
tamis encode -q -m m --fim 0.5 -s 8 -o other in
try "! cmp -s s.bin other.bin"
# All text is there, in three parts; PSM, then SPM.
tail -n 3 in | tee three | try tamis encode -q -m m --fim 1 --fim-spm 0 --pieces
try tamis encode -q -m m --fim 1 --fim-spm 1 --fim-ids '<fim_middle>,5,<fim_prefix>' --eod none --pieces three
# Those outside --where are encoded as usual; so are all with 0.
try tamis encode -m m --fim 1 --where code_lang=c -o c in
try "tamis cat --all c | grep -c 'infilling'"
try tamis encode -q -m m --fim 0 -o plain in
tamis encode -q -m m -o usual in
cmp plain.bin usual.bin
# A text that contains the ids is bad data, because here they are ordinary pieces.
echo '{"id":"x","text":"a l"}' | try tamis encode -m m --fim 0.1 --fim-ids 'l,e,m' --ids
printf '{"text":"mill"}\n{"text":""}\n{"text":"a"}\n' | try tamis encode -q -m m --fim 1 --fim-ids 'l,e,m' --on-bad=skip --pieces
for o in '--fim 1.5' '--fim -0.1' '--fim x' '--fim 1 --fim-spm 2' '--fim 1 --fim-ids 1,2' '--fim 1 --fim-ids 4,5,6,7' \
	'--fim 1 --fim-ids 4,4,5' '--fim 1 --fim-ids 2,4,5' '--fim 1 --fim-ids 4,5,<no>' '--fim 1 --fim-ids 4,5,290' \
	'--where code_lang=c'; do
	# shellcheck disable=SC2086
	try tamis encode -m m $o -o bad in
done
tamis vocab -q --size 280 -o no_fim t
try tamis encode -m no_fim --fim 1 -o bad in
# A marker that the text contains is found even if the split is inside it.
tamis vocab -q --size 290 --user-symbols '<fim_prefix>,<fim_suffix>,<fim_middle>' -o user t
awk 'BEGIN { for (i = 0; i < 50; i++) printf "{\"id\":\"%d\",\"text\":\"<fim_suffix>\"}\n", i }' >marked
try "tamis encode -m user --fim 1 --on-bad=skip --ids marked 2>&1 | grep -v bad.record"
