# A result is judged by the documents it kept, or by the ids it removed.
{
	doc a 1-44
	doc b 1-43
	doc c 1-41
	doc d 101-144
	doc e 101-141
	doc f 201-240
	doc g 301-340
	doc h 301-340
	doc i '1-20 401-420'
	doc j ''
} >in
try 'tamis near -q in | tamis near-oracle -q --kept /dev/stdin --max-unjustified 0 --max-missed 0 in'
note 'unjustified: f, i and j; missed: b, e and h'
printf '%s\n' c f i j >removed
try tamis near-oracle --removed removed in
grep -v '"id":"[cfij]"' in | zstd -q >kept.zst
try tamis near-oracle -q --json --kept kept.zst in
note 'a document may be removed in favour of one that ranks after it'
printf 'a\r\nb\r\n\r\nd\r\nh' >removed
try tamis near-oracle -q --removed removed --max-unjustified 0 --max-missed 0 in
note 'limits'
printf '%s\n' c f i j >removed
try tamis near-oracle -q --removed removed --max-unjustified 2 in
try tamis near-oracle -q --removed removed --max-unjustified 3 -o out in
try tamis near-oracle -q --removed removed --max-missed 0.6 -o out in
try tamis near-oracle -q --removed removed --max-missed 0.75 -o out in
note 'integer ids, and another field'
printf '{"n":%s,"text":"a b c d e f"}\n' 1 2 3 >in
printf '{"n":2}\n' >kept
try tamis near-oracle -q --id n --kept kept --max-missed 0 -o out in
