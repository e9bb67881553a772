# Documents of a large bucket are compared with its best only, and a warning reports it.
# shellcheck disable=SC2154 # setup has the texts
score=9
for i in a b c d e f; do
	doc "page-$i" "$news ($i$i, k$i, l$i, m$i, n$i)" "\"score\":$((score--))"
done >large
doc page-g "$news (ff, kf, lf, nf, mf)" '"score":0' >>large
run='tamis near -q --bands 1 --rows 1 --threshold 0.85 --priority score'
try "$run --tag large | pairs"
try "$run --tag --best 6 large | pairs"
try "$run --tag --best 5 large | pairs"
# An error is the last line.
try "$run --best 5 -o /dev/full large"
