# In a chain, at both numbers of passes.
{
	answer p1 a 1 1 1 1 1
	answer p1 b 4 4 4 2 2
} >in
try 'tamis chain -q reward --min 2 : reward --best 1 in | wc -l'
try 'tamis chain -q reward --weights helpfulness=1 : reward --weights reward=2 in | cut -d, -f 1,10'
