# --sample draws text by id and seed; long lines are cut, U+2585 is dropped.
awk 'BEGIN {
	for (i = 0; i < 40; i++) printf "{\"id\":\"%d\",\"text\":\"the mill number %d and the sieve\"}\n", i, i
	printf "{\"id\":\"long\",\"text\":\""
	for (i = 0; i < 2500; i++) printf "mill "
	print "\u2585\"}"
}' >in
try tamis vocab --size 290 --sample 300 -o a in
sort -r in >other
try tamis vocab -q --size 290 --sample 300 -o b other
cmp a b
try tamis vocab --size 290 --sample 0 -o all in
try tamis vocab --size 290 --sample 300 --seed 5 -o c in
# A sample may be why there are too few pieces.
try tamis vocab -q --size 5000 --sample 300 -o few in
try tamis vocab -q --size 5000 --sample 1M -o few in
