# Shares that do not sum to 1: the message names them and their sum.
docs en 1 20 | tamis encode -q -m m -o en
docs de 1 20 | tamis encode -q -m m -o de
# plan LINES: a plan of these lines after the usual ones
plan() {
	printf 'tamis-plan 1\nseq 16\nphase p 160\nphase q 160\n%b' "$1" >p
	note "plan: $1"
	try tamis plan -n p
}
en='source en en in=g\n'
de='source de de in=h\n'
plan "group g 0.7\ngroup h 0.2\n$en$de"
plan "group g 0.7\ngroup h 0.300000000001\n$en$de"
plan "group g 0.7 weight.q=0.8\ngroup h 0.3\n$en$de"
plan "group g 1\n"
plan "group g 1\ngroup h 0\n$en"
plan 'group g 1\nsource en en in=g weight=0.5\nsource de de in=g weight=0.4\n'
plan 'group g 1\nsource en en in=g weight=0.5\nsource de de in=g weight=0.6\n'
plan 'group g 1\nsource en en in=g weight=1.0\nsource de de in=g\n'
plan 'group g 1\nsource en en in=g weight=0.5 weight.q=0.75\nsource de de in=g weight=0.5\n'
plan 'group g 1\nsource en en in=g weight=0\nsource de de in=g\n'
plan 'group g 1\nsource en en in=g weight=0.5 weight.q=1\nsource de de in=g\n'
plan 'group g 0.333333333333\ngroup h 0.666666666667\nsource en en in=g\nsource de de in=h\n'
