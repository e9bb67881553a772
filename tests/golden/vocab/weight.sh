# --weight counts documents by the value of a field, exactly as if they were repeated.
awk 'BEGIN { for (i = 0; i < 9; i++) {
	print "{\"lang\":\"en\",\"text\":\"the mill and the sieve\"}"
	print "{\"lang\":\"de\",\"text\":\"die Muehle und das Sieb\"}"
	print "{\"text\":\"het meel\"}" } }' >in
sed -n '/"de"/d;p' in >repeated
grep '"de"' in >de
cat de de de >>repeated
try tamis vocab --size 300 --weight lang:de=3 -o a in
try tamis vocab -q --size 300 -o b repeated
cmp a b
try tamis vocab -q --size 300 --weight lang:de=1.5,en=0.5 -o c in
# A weight of 0 leaves documents out.
try tamis vocab --size 280 --weight lang:de=0 -o d in
grep -v '"de"' in >without
try tamis vocab -q --size 280 -o e without
cmp d e
try tamis vocab -q --size 280 --sample 1M --weight lang:de=0 -o f in
cmp d f
# A value that no document has is reported, in a sample, too.
try tamis vocab -q --size 280 --weight lang:de=2,dee=2,EN=0 -o g in
try tamis vocab -q --size 280 --sample 1M --weight langg:de=2 -o g in
try tamis vocab-count --weight lang:de=2,dee=2 -o g in
try tamis vocab-count -q --weight lang:de=2,dee=2 -o g in
rm g g.report.json
for list in '' de=1 :de=1 lang: lang:de lang:=1 lang:de=x lang:de=-1 lang:de=1.0001 lang:de=1001 lang:de=1,de=2; do
	try tamis vocab -o m --size 300 --weight "$list" in
done
try tamis vocab -o m --size 300 --weight lang:de=2 --trainer sentencepiece in
try tamis vocab -o m --size 300 --weight lang:de=2 --type unigram in
try ls
