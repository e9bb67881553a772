# No output replaces a file that is read, but documents may replace their own.
printf '{"id":"1","text":"a b","lang":"en"}\n' >in
cp in same
kept() {
	cmp in same || echo "in changed"
}
for c in 'exact -r in in' 'exact --report in in' 'norm -o out -r in in' 'norm -o out -r ./in in'; do
	try "tamis $c"
	kept
done
note 'commands that write no documents'
for c in vocab vocab-count thresholds count langid-train langid-eval codeid-train near-oracle; do
	try tamis $c -o in in
	kept
done
note 'through a link, by redirection, appended'
ln -s in link
try tamis exact -r link in
kept
try 'tamis norm in >>in'
kept
try 'tamis norm <in >>in'
kept
note 'documents in place'
try tamis norm -q -o in in
kept
# They replace its report, too, which nothing else does.
try tamis norm -q -o in in
kept
try tamis norm -q -o other --report in.report.json in
try tamis norm -q -o other -r in.report.json in
try tamis count --report in.report.json in
