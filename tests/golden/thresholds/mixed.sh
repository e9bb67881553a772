# Mixed data gives no bounds that half of the documents fail or only perfect ones meet; URLs, markup and numbers are not stop words.
awk 'BEGIN {
	for (i = 0; i < 120; i++) {
		lang = i % 2 ? "en" : "de"
		end = i % 8 < (lang == "en" ? 3 : 5) ? "." : ""
		hash = i % 5 == 0 ? " # # # # # # # #" : ""
		printf "{\"id\":\"%d\",\"lang\":\"%s\",\"text\":\"", i, lang
		for (k = 0; k < 4; k++)
			printf "see https://www.example.com/the/path?q=%d#top <a href=\\\"x\\\" class=\\\"y\\\">link</a> and <b>bold</b>&nbsp;or \\\\begin{it} 3rd 42 www.other.org/x if 1 < two or three > 2%s%s\\n", k, hash, end
		print "\"}"
	}
}' >in
for method in quantile tail10; do
	try tamis thresholds -o r.rules --method $method -R gopher,fineweb --min-docs 50 --stop-words 20 --stop-share 1 in
	try grep -v '^segmenter' r.rules
done
try tamis quality -q -R r.rules -o out in
