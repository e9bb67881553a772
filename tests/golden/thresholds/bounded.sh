# quality reads what thresholds writes, with long words, no words, or many languages.
awk 'BEGIN {
	for (i = 0; i < 30; i++) {
		print "{\"lang\":\"en\",\"text\":\"the cat sat on " i " mats\"}"
		print "{\"lang\":\"xx\",\"text\":\"123 " i "\"}"
	}
	for (long = "x"; length(long) < 1000;)
		long = long long
	print "{\"lang\":\"yy\",\"text\":\"" long " short " long "\"}"
}' >in
try tamis thresholds -q -o r.rules --min-docs 1 -R gopher in
try grep '^stopwords\|^lang' r.rules
try tamis quality -q -R r.rules in
try tamis thresholds -q -o r.rules --min-docs 1 --stop-words 0 --stop-share 1 -R gopher in
try tamis quality -q -R r.rules in
awk 'BEGIN { for (i = 0; i < 8193; i++) print "{\"lang\":\"l" i "\",\"text\":\"a\"}" }' >many
try tamis thresholds -q -o r.rules --min-docs 1 --method tail10 many
