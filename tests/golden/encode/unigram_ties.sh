# Reports and META state how ties of a unigram model are resolved, and of no other.
awk 'BEGIN { for (i = 0; i < 20; i++) print "{\"text\":\"the mill and the sieve, the flour of the mill\"}" }' >in
tamis vocab -q --size 279 --type unigram -o u in
tamis vocab -q --size 279 -o b in
tamis encode -q -m u -o us in
tamis encode -q -m b -o bs in
ties() {
	tamis info --json "$1" | grep -oE '"(unigram_)?ties":"0[^"]*"'
}
try ties us
try ties bs
tamis encode -q -m u --ties 0.2.2 -o new in
try ties new
note "the library's way depends on its version"
tamis encode -q -m u --engine sentencepiece -o sp in
try 'ties sp | cut -d: -f1'
