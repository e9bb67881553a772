# 'weights relative' divides weights by their sum, exactly; the errors about sums name it.
docs en 1 20 | tamis encode -q -m m -o en
docs de 1 20 | tamis encode -q -m m -o de
docs fr 1 20 | tamis encode -q -m m -o fr
# plan LINES: a plan of these lines after the usual ones
plan() {
	printf 'tamis-plan 1\nseq 16\nphase p 160\nphase q 160\n%b' "$1" >p
	note "plan: $1"
	try 'tamis plan p | grep "^group\|^source" | cut -d " " -f 1-4'
}
three='source en en in=g\nsource de de in=h\nsource fr fr in=i\n'
plan "weights relative\ngroup g 300\ngroup h 120\ngroup i 1.5\n$three"
plan "weights relative\ngroup g 1\ngroup h 1\ngroup i 1\n$three"
plan "weights relative\ngroup g 2T weight.q=1\ngroup h 1T weight.q=0\ngroup i 1T weight.q=2\n$three"
plan "weights relative\ngroup g 0.7\ngroup h 0.15\ngroup i 0.15\n$three"
tamis plan p >lock
sed '/^weights/d' p >exact
tamis plan exact | cmp lock -
# Weights of sources: all of a group, or none.
sources='group g 0.7\ngroup h 0.3\nweights relative\n'
plan "${sources}source en en in=g weight=1\nsource de de in=g weight=2 weight.q=1\nsource fr fr in=h\n"
plan "${sources}source en en in=g weight=5\nsource de de in=h\nsource fr fr in=h\n"
plan "${sources}source en en in=g\nsource de de in=h weight=2 weight.q=rest\nsource fr fr in=h weight=1 weight.q=rest\n"
plan "${sources}source en en in=g\nsource de de in=h weight=2\nsource fr fr in=h\n"
plan "${sources}source en en in=g\nsource de de in=h weight=2\nsource fr fr in=h weight=1 weight.q=rest\n"
plan "${sources}source en en in=g\nsource de de in=h weight=0\nsource fr fr in=h weight=0\n"
plan "weights relative\ngroup g 1 weight.q=0\ngroup h 0\ngroup i 0\n$three"
plan "weights relative\ngroup g 1\ngroup h rest\ngroup i 1\n$three"
plan "weights relative\ngroup g 100T\ngroup h 0.000000000001\ngroup i 1\n$three"
for weight in 100.1T 1E 1e39 0.0000000000001 x -1; do
	plan "weights relative\ngroup g $weight\ngroup h 1\ngroup i 1\n$three"
done
# The line itself.
plan "weights\ngroup g 1\n$three"
plan "weights equal\ngroup g 1\n$three"
plan "weights exact\nweights relative\ngroup g 1\n$three"
plan "group g 1\nweights relative\ngroup h 1\ngroup i 1\n$three"
plan "group g 1\nsource en en in=g\nweights relative\n"
plan "weights exact\ngroup g 0.5\ngroup h 0.25\ngroup i 0.25\n$three"
# Without it.
plan "group g 300\ngroup h 120\ngroup i 0\n$three"
plan "group g 300G\ngroup h 120G\ngroup i 0\n$three"
plan "group g 0.7\ngroup h 0.2\ngroup i 0.2\n$three"
plan 'group g 1\nsource en en in=g weight=0.5\nsource de de in=g weight=0.4\n'
