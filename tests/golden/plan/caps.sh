# A source that exceeds its cap: the message gives the numbers and sources with tokens left.
docs en 1 20 | tamis encode -q -m m -o en
docs de 1 20 | tamis encode -q -m m -o de
docs code 1 10 | tamis encode -q -m m -o code
plan() {
	printf 'tamis-plan 1\nseq 16\n%b' "$1" >p
	note "plan: $1"
	try tamis plan -n p
}
plan 'phase p 1600\ngroup g 1\nsource en en in=g cap=2 weight=0.5\nsource de de in=g cap=4\nsource code code in=g\n'
plan 'phase p 1600\ngroup g 1\nsource en en in=g cap=2\n'
plan 'phase p 1600\ngroup g 0.9\ngroup h 0.1\nsource en en in=g cap=2\nsource de de in=h\n'
plan 'phase p 160\nphase q 1600\ngroup g 1\nsource en en in=g cap=0.5 weight.q=0\nsource de de in=g\nsource code code in=g\n'
plan 'phase p 15\ngroup g 1\nsource en en in=g\n'
plan 'phase p 16\ngroup g 1\nsource en en in=g\n'
plan 'phase p 1e15\ngroup g 1\nsource en en in=g\n'
# As much as the caps allow.
plan 'phase p max\ngroup g 1\nsource en en in=g\n'
plan 'phase p max\ngroup g 0.5\ngroup h 0.5\nsource en en in=g\nsource de de in=h cap=3\n'
plan 'phase p 320\nphase q max\ngroup g 1\nsource en en in=g cap=1.5\n'
