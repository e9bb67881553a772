# All similar pairs, the greedy removals, the largest component and the distribution.
{
	doc a 1-44        # 40 shingles
	doc b 1-40        # 36 of them
	doc c 1-37        # 33 of them: similar to b, and to a
	doc d 1-32        # 28 of them: similar to c, and not to a
	doc e 1-44        # as a
	doc f 101-140     # alone
	doc g 1-3
	doc h 1-3
	doc i 2-3
	doc j ''
	doc k '' '"lang":"en"'
} >in
try tamis near-oracle in
try tamis near-oracle -q --threshold 0.7 in
try tamis near-oracle -q --threshold 1 in
try tamis near-oracle -q --json -o out.json in
try cat out.json
# A document in another is contained whole.
try tamis near-oracle -q --measure containment --json in
try tamis near-oracle -q </dev/null
try tamis near-oracle -q --json --by lang --kept /dev/null </dev/null
