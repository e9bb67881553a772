# The sums of long texts are exact: characters of 1 to 4 bytes, line ends at every offset.
awk 'BEGIN {
	for (n = 2030; n < 2100; n++) {
		printf "{\"text\":\""
		for (i = 0; i < n; i++)
			printf "%s", i % 11 == 0 ? "\\n" : i % 7 == 0 ? "é" : i % 5 == 0 ? "€" : i % 3 == 0 ? "😀" : "a"
		print "\"}"
	}
	printf "{\"text\":\""
	for (i = 0; i < 5000; i++)
		printf "\\n"
	print "\"}"
}' >in
try tamis count -q in
