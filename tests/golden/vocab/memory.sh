# With little --memory, words are counted in temporary files and those of small counts sampled.
awk 'BEGIN {
	srand(1)
	for (i = 0; i < 4000; i++) {
		printf "{\"text\":\"the mill and the sieve"
		for (w = 0; w < 40; w++) {
			printf " "
			for (k = int(rand() * 9) + 1; k > 0; k--) printf "%c", 97 + int(rand() * 26)
		}
		print "\"}"
	}
}' >in
try 'tamis vocab -v --size 2000 -o large in 2>&1 | grep words'
try 'tamis vocab -v --size 2000 --memory 1Mi -o small in 2>&1 | grep words'
# With -q, a warning of the sample remains; it is why there are fewer pieces.
try tamis vocab -q --size 60000 --memory 1Mi -o few in
try 'tamis encode -q -m large --ids in | wc -w'
try 'tamis encode -q -m small --ids in | wc -w'
try tamis vocab -o m --size 2000 --memory 1000 in
try tamis vocab -q -o m --size 2000 --memory 1Mi --tmp absent in
try tamis vocab -q -o m --size 300 --required-chars "$(printf 'a\tb')" in
try tamis vocab -q -o m --size 300 --required-chars "$(printf 'a\377')" in
try tamis vocab -q -o m --size 300 --required-chars ab --user-symbols xy,b in
try tamis vocab -q -o m --size 300 --trainer other in
try tamis vocab -q -o m --size 300 --preset other in
