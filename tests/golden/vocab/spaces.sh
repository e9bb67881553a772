# A vocabulary has a piece for the space, even if its text has none or few, so decoding restores spaces.
awk 'BEGIN { for (i = 0; i < 40; i++) print "{\"text\":\"石磨把穀物磨成粉石磨轉動水流不息磨坊\"}" }' >none
awk 'BEGIN { for (i = 0; i < 999; i++) print "{\"text\":\"" (i == 7 ? "石 磨" : "石磨把穀物磨成粉石磨轉動水流不息磨坊") "\"}" }' >few
awk 'BEGIN { for (i = 0; i < 40; i++) print "{\"text\":\"the  mill and  the  sieve\"}" }' >pairs
echo '{"text":"石 磨  a b"}' >in
check() {
	try tamis vocab -q -o m "$@"
	try tamis encode -q -m m --pieces in
	try 'tamis encode -q -m m --ids in | tamis decode -m m | cmp - in'
}
for type in bpe unigram; do
	check --type $type --size 300 none
	check --type $type --size 300 few
done
check --size 300 --coverage 1 none
check --size 300 --user-symbols ' ' none
check --size 300 --user-symbols ▁ none
check --size 300 --user-symbols '  ,the, and ' pairs
