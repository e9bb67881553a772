# Documents that are dropped do not count as the best of a bucket: they cannot remove others.
# shellcheck disable=SC2154 # setup has the texts
score=9
for i in a b c; do
	doc "copy-$i" "$news" "\"score\":$((score--))"
done >copies
doc page "$news (ff, kf, lf, nf, mf)" '"score":1' >>copies
doc page-2 "$news (ff, kf, lf, nf)" '"score":0' >>copies
try "tamis near -q --bands 1 --rows 1 --threshold 0.85 --best 2 --priority score --tag copies | pairs"
