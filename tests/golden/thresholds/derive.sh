# Every method derives bounds and stop words per language, which quality reads.
awk 'BEGIN {
	s = 1
	for (d = 0; d < 240; d++) {
		lang = d % 3 == 0 ? "en" : d % 3 == 1 ? "de" : "rare" d % 2
		printf "{\"id\":\"%d\",\"lang\":\"%s\",\"text\":\"", d, lang
		for (w = 0; w < 60; w++) {
			s = (s * 1103515245 + 12345) % 2147483648
			r = int(s / 65536) % 60
			if (r < 12) word = lang == "en" ? "the" : "der"
			else if (r < 20) word = lang == "en" ? "of" : "und"
			else if (r < 24) word = "12"
			else word = lang "word" (r < 40 ? r : s % 1000)
			printf "%s%s", word, w % 15 == 14 ? (r % 2 ? ".\\n" : "\\n") : " "
		}
		print "\"}"
	}
	print "{\"lang\":\"und\",\"text\":\"x\"}"
}' >in
for method in english zmatch quantile tail10 median-ratio; do
	try tamis thresholds -o $method.rules --method $method --min-docs 50 in
	try sed 's/uax29-1.*/SEGMENTER/' $method.rules
done
try tamis thresholds -q -o a.rules --min-docs 40 --sample 30 --stop-share 0.1 --stop-words 1 -R gopher in
try sed 's/uax29-1.*/SEGMENTER/' a.rules
tamis thresholds -q -o b.rules -j 3 --min-docs 40 --sample 30 --stop-share 0.1 --stop-words 1 -R gopher in
cmp a.rules b.rules
# The order of the input does not matter: documents are sampled by id.
sort -r in | tamis thresholds -q -o c.rules --min-docs 40 --sample 30 --stop-share 0.1 --stop-words 1 -R gopher
cmp a.rules c.rules
try 'tamis quality -R quantile.rules --other-lang drop in | wc -l'
