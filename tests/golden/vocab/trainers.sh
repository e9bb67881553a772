# The trainers of tamis and SentencePiece write the same model, also when the text runs out of pairs.
awk 'BEGIN { for (i = 0; i < 60; i++) print "{\"text\":\"the mill no " i " and the sieve, the flour of <b>mills</b>\\n\\tfür das Mehl\"}" }' >in
both() {
	try tamis vocab -q -o ours "$@" in
	try tamis vocab -q -o theirs --trainer sentencepiece "$@" in
	cmp ours theirs
}
both --size 300
both --size 330 --user-symbols '<b>,</b>,a b' --control-symbols '<fim>'
both --size 340 --sample 2000 --coverage 0.98 --special-ids pad=none,bos=200
both --size 400 --required-chars 'é ü'
both --size 400 --newlines
both --size 262
