# User symbols always match as a whole, control symbols never; bad lists are rejected.
awk 'BEGIN { for (i = 0; i < 9; i++) print "{\"text\":\"the <b>mill</b> and <fim> the sieve\"}" }' >in
try tamis vocab -q -o m --size 300 --user-symbols '<b>,</b>,a b' --control-symbols '<fim>,<mid>' in
echo '{"text":"<b>a b</b><fim><mid><s><pad>"}' | try tamis encode -q -m m --pieces
echo '{"text":"x"}' | try tamis encode -q -m m --pieces --eod '<mid>'
for list in '' 'a,' ',a' 'a,,b' '<s>' 'a,a' '<0x41>' "$(printf 'a\377')" "$(printf 'a\nb')"; do
	try tamis vocab -o m2 --size 300 --user-symbols "$list" in
done
try tamis vocab -o m2 --size 300 --user-symbols 'a,<x>' --control-symbols '<x>' in
try tamis vocab -o m2 --size 300 --user-symbols 'a b,a▁b' in
try tamis vocab -o m2 --size 300 --user-symbols '▁x' --control-symbols ' x' in
try tamis vocab -o m2 --size 300 --control-symbols x in
try tamis vocab -o m2 --size 262 --control-symbols '<x>,<y>,<z>' in
