# Each rule set measures features of the same name by its own definition.
awk 'BEGIN {
	printf "{\"path\":\"notes.md\",\"text\":\""
	for (i = 0; i < 40; i++)
		printf "The %s of word%d is here, and that is so... %s", i % 3 ? "house" : "HOUSE", i % 7, i % 5 ? "" : "\\n* Read more\\n\\n"
	print "\\u00c9t\\u00e9 \\u6f22\\u5b57 # 12 {x} http://example.org/a\"}"
}' >in
values() { sed 's/.*"q":{//; s/}.*"drop":/\n/; s/,"/\n"/g; s/}*$//'; }
for set in $(tamis rules --sets | cut -f 1); do
	try "tamis quality -q --tag -R $set in | values"
done
