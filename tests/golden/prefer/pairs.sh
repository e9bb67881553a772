# Each prompt gives a pair, a tie, a pair below a bound or a single answer; the counts add up.
{
	rated p1 fair 3
	rated p1 good 4.25
	rated p1 bad 1
	rated p1 poor 2
	rated p2 same 2
	rated p2 other 2
	rated p3 near 2.5
	rated p3 nearer 2.6
	rated p4 alone 4
	rated p5 low 0.5
	rated p5 lower 0.1
} >in
try tamis prefer in
names --margin 0.2 in
names --margin 0.2 --min-chosen 1 in
names --pick best-random in
names --pick best-random --seed 1 in
names --pick best-random --seed 2 in
names --pick all --margin 1 in
try 'tamis prefer -q --margin 0.2 --min-chosen 1 --report r -o pairs in && grep -o "\"statistics.*single[^}]*}" r'
try 'tamis prefer -q <in | wc -l'
try 'tamis prefer -q -z3 -o pairs.zst in && zstd -dcq pairs.zst | wc -l'
try 'tamis chain -q reward --weights reward=2 : prefer --pick all in | wc -l'
