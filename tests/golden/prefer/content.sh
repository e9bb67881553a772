# Turns keep their bytes; the pair has the prompt, one id by content, and the provenance.
m() { printf '"messages":[{"role":"system","content":"S"},{"content":"\\u0051","role":"user"},{"role":"assistant","content":"%s","x":1.0}]' "$1"; }
{
	echo "{\"id\":7,$(m 'A "quoted" one' | sed 's/"quoted"/\\"quoted\\"/'),\"reward\":6.2799999999999994,\"gen_model\":\"m1\",\"gen_round\":1,\"topic\":\"t\",\"k\":[1]}"
	echo "{\"text\":\"x\",$(m B),\"reward\":1e0,\"gen_model\":\"m2\",\"gen_round\":1}"
} >in
try tamis prefer -q --field k in
# The prompt is the same in another form.
sed 's/\\u0051/Q/' in | sed 1d >form
head -n 1 in >>form
try 'tamis prefer -q form | cut -c 1-60'
# Lengths count characters.
{
	rated p1 ééé 2
	rated p1 123456 1
} >in
names -q --max-length-ratio 2 in
names --max-length-ratio 1.9 in
# The same answer with two rewards is a tie.
{
	rated p1 same 2
	rated p1 same 1
} >in
for pick in best-worst best-random all; do
	names --pick $pick in
done
