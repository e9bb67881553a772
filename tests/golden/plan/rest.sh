# The share 'rest' is what the others leave; plan -n reports phases that begin inside a batch.
docs en 1 20 | tamis encode -q -m m -o en
docs de 1 20 | tamis encode -q -m m -o de
plan() {
	printf 'tamis-plan 1\nseq 16\n%b' "$1" >p
	printf 'source en en in=g\nsource de de in=h\n' >>p
	note "plan: $1"
	try tamis plan -n p
}
two='phase p 160\nphase q 160\n'
plan "${two}group g 0.7 weight.q=0.6\ngroup h rest\n"
plan "${two}group g rest weight.q=0.6\ngroup h 0.25 weight.q=rest\n"
plan "${two}group g 1\ngroup h rest\n"
plan "${two}group g rest\ngroup h rest\n"
plan "${two}group g 0.7\ngroup h 0.4\n"
plan "${two}group g 0.7 min=rest\ngroup h rest\n"
printf 'tamis-plan 1\nseq 16\nphase p 160\nphase q 160\ngroup g 1\n' >p
printf 'source en en in=g weight=0.25 weight.q=rest\nsource de de in=g weight=rest\n' >>p
try 'tamis plan p | grep ^source'
for batch in 'batch 0 10' 'batch 0 4' 'batch 0 5\nbatch 80 3' 'batch 0 64' 'batch 0 4\nbatch 80 5' 'batch 0 4\nbatch 32 2'; do
	plan "$batch\n${two}group g 1\ngroup h 0 weight.q=0\n"
done
# With the reported number of tokens, the phase begins with a batch.
for tokens in 128 192; do
	plan "batch 0 4\nphase p $tokens\nphase q 160\ngroup g 1\ngroup h 0\n"
done
# A batch that began before the phase before; phases of two lengths.
plan 'batch 0 16\nphase p 160\nphase q 32\nphase r 160\ngroup g 1\ngroup h 0\n'
plan 'batch 0 4\nphase p 96\nphase q 224 seq=32\nphase r 160\ngroup g 1\ngroup h 0\n'
