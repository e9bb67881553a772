# The tables count tokens without pad, so that epochs stay within their cap.
docs en 1 5 | tamis encode -q -m m -o en
docs de 1 20 | tamis encode -q -m m -o de
plan() {
	printf 'tamis-plan 1\nseq 4096\n%b' "$1" >p
	note "plan: $1"
	try tamis plan -n p
	rm -rf run
	try tamis mix -p p -o run
	try 'tamis check-blend run | grep -A 4 ^group'
}
plan 'phase p max\ngroup g 1\nsource en en in=g cap=1\n'
plan 'phase p max\ngroup g 1\nsource en en in=g cap=2\n'
plan 'pack bestfit\nphase p max\ngroup g 1\nsource en en in=g cap=1\n'
plan 'pack bestfit\nphase p 32768\ngroup g 1\nsource en en in=g\n'
plan 'phase p 4096\nphase q 64 seq=16\ngroup g 1\nsource en en in=g cap=1 weight.q=0\nsource de de in=g weight.p=0\n'
