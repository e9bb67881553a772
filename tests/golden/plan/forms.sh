# Forms of a plan that editors and shells produce: a byte order mark, exponents, file endings.
docs en 1 20 | tamis encode -q -m m -o en
docs de 1 20 | tamis encode -q -m m -o de
docs de 1 20 | tamis encode -q -m m -o de.bin
# plan START SHARDS: a plan that begins with START
plan() {
	printf '%btamis-plan 1\nseq 16\nphase p 1.6e2\ngroup g 9999e-04\ngroup h 1e-04\n' "$1" >p
	printf 'source en %s in=g cap=5e+0\nsource de de in=h\n' "$2" >>p
	note "shards: $2"
	try 'tamis plan p >lock && sed -n "/^group\|^source\|^input/p" lock | cut -d " " -f 1-6'
}
plan '\357\273\277' en
plan '' en.bin
plan '' en.idx
plan '' 'en.sdx en.bin'
plan '' de.bin.bin
plan '' absent.bin
for number in 1e 1e- 1e-- 1e-123 e5 1e-13 .5 1e-1e 1E5; do
	printf 'tamis-plan 1\nseq 16\nphase p 160\ngroup g %s\n' $number >p
	try tamis plan p
done
