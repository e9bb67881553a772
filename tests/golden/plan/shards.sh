# Shards that a plan cannot use: missing, of another model, empty, duplicate, absolute paths.
docs en 1 20 | tamis encode -q -m m -o en
docs de 1 20 | tamis encode -q -m m -o de
tamis vocab -q --size 286 -o m2 t
docs fr 1 9 | tamis encode -q -m m2 -o fr
echo '{"text":""}' | tamis encode -q -m m -o nothing
plan() {
	printf 'tamis-plan 1\nseq 16\nphase p 320\ngroup g 1\n%b' "$1" >p
	note "plan: ${1/$PWD/HERE}"
	try 'tamis plan -n p 2>&1 | sed "s:$PWD:HERE:"'
}
plan 'source s absent in=g\n'
plan 'source s tok/en in=g\n'
plan 'source s x* in=g\n'
plan 'source s en.bin in=g\n'
plan "source s $PWD/en in=g\n"
plan 'source s sub/../en in=g\n'
plan 'source s ./en in=g\n'
plan 'source s en in=g\nsource f fr in=g\n'
plan 'source s nothing in=g\n'
plan 'source s en nothing in=g\n'
plan 'source s en in=g\nsource t en in=g\n'
plan 'source s en e? in=g\n'
plan 'source s en.sdx in=g\n'
plan 'source s [de][en] in=g\n'
head -c 100 en.sdx >cut.sdx
cp en.bin cut.bin
cp en.idx cut.idx
plan 'source s cut in=g\n'
cp en.bin no_sdx.bin
cp en.idx no_sdx.idx
plan 'source s no_sdx in=g\n'
cp en.sdx alone.sdx
plan 'source s alone in=g\n'
