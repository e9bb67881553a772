# The report lists the segmenter, the hash of the rule file, and hits per rule.
printf 'tamis-rules 1\nuse gopher\n' >r.rules
mkdir sub
cp r.rules sub
echo '{"text":"the house of all"}' >in
for file in r.rules sub/r.rules; do
	try tamis quality -q -R $file,fineweb --report report in
	try sed 's/uax29-1.icu-[0-9.]*/SEGMENTER/; s/"icu":"[^"]*","zstd":"[^"]*","zlib":"[^"]*"/ICU/; s/"tamis":"[^"]*"/V/' report
done
