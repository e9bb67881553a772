# Reports and META state how the library resolves ties of a unigram model, and of no other.
awk 'BEGIN { for (i = 0; i < 20; i++) print "{\"text\":\"the mill and the sieve, the flour of the mill\"}" }' >in
tamis vocab -q --size 279 --type unigram -o u in
tamis vocab -q --size 279 -o b in
tamis encode -q -m u -o us in
tamis encode -q -m b -o bs in
# The version of the library decides between the two values.
try 'tamis info --json us | grep -oE "\"(unigram_)?ties\":\"(0.1.97|0.2.2)\"" | cut -d: -f1'
try 'tamis info --json bs | grep ties'
