# Bounds drop answers; --best keeps the best of each prompt, ties going to the earlier one.
{
	answer p1 a 1 1 1 1 1
	answer p1 b 4 4 4 2 2
	answer p1 c 4 4 4 2 2
	answer p2 d 4 1 4 2 2
	answer p3 e 3 3 3 3 3
	answer p3 f 4 3.5 4 1 1
} >in
ids() { try "tamis reward $* in | sed 's/\",\"messages.*//; s/.*\"//'"; }
ids --min 5
ids --attr "'correctness>=3'"
ids --attr "'correctness>3'"
ids --attr "'verbosity<=1'" --attr "'verbosity<2'"
ids --best 1
ids --best 2
ids --best 1 --attr "'correctness<4'"
try 'tamis reward -q --best 1 <in | wc -l'
try 'tamis reward -q --min 5 -r rejects in | wc -l'
try 'cut -d, -f 1,10- rejects'
try 'tamis reward -q --min 5 --tag in | cut -d, -f 1,10-'
