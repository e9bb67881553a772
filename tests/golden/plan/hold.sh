# hold= and 'only held': the table and plan.lock state what is held out; caps count the rest.
docs en 1 60 | tamis encode -q -m m -o en
docs de 1 30 | tamis encode -q -m m -o de
awk 'BEGIN { for (i = 1; i <= 40; i++) printf "{\"text\":\"a mill %d\",\"n\":%d}\n", i, i % 4 }' >noid.jsonl
tamis encode -q -m m --number n -o noid noid.jsonl
# plan LINES: a plan of these lines after the usual ones
plan() {
	printf 'tamis-plan 1\nseq 16\nphase p 640\n%b' "$1" >p
	note "plan: $1"
	try tamis plan -n p
}
lock() {
	tamis plan -o lock p
	try grep '^source' lock
	tamis plan lock | cmp lock -
	tamis plan -n p >a
	tamis plan -n lock | cmp a -
}
both='group g 0.75\ngroup h 0.25\nsource en en in=g\nsource de de in=h'
plan "hold 0.1\n$both hold=0.25\n"
lock
plan "hold 0.1\n$both hold=0\n"
lock
plan "only held\nhold 0.5\nseed 3\n$both only=held\n"
lock
plan "only held\nhold 0.1\n$both hold=0\n"
plan "$both only=held\n"
plan "hold 1\n$both\n"
plan "hold 0.000000000001\nonly held\n$both\n"
plan "hold 0.1\ngroup g 1\nsource en en in=g cap=0.2\n"
# Documents without an id; copies= apply to what is left.
plan 'group g 1\nsource n noid in=g hold=0.2 copies=2:2,3:0.5\n'
lock
plan 'pack bestfit\ngroup g 1\nsource n noid in=g hold=0.2 copies=2:2,3:0.5 only=held\n'
lock
# Errors in lines.
for hold in 1.1 -1 x 1E 0.0000000000001; do plan "hold $hold\n$both\n"; done
plan "hold\n$both\n"
plan "hold 0.1\nhold 0.1\n$both\n"
plan "only\n$both\n"
plan "only rest\n$both\n"
plan "only held\nonly held\n$both\n"
plan "$both\nhold 0.1\n"
plan "$both\nonly held\n"
plan "$both hold=2\n"
plan "$both only=rest\n"
# A run has none of them.
printf 'tamis-plan 1\nseq 16\nphase p max\nhold 0.25\n%b\n' "$both" >p
try tamis mix -p p -o run
try tamis check-blend -q run
