# A unigram model encodes and decodes as well.
awk 'BEGIN { for (i = 0; i < 20; i++) print "{\"text\":\"the mill and the sieve, the flour of the mill\"}" }' >in
try tamis vocab -q --size 279 --type unigram -o m in
try 'tamis encode -q -m m --ids in >ids'
try 'tamis decode -m m ids | cmp - in'
