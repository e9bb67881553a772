# A missing attribute is bad data, never 0; so are all values that are not rewards.
bad() {
	printf '%s\n' "$1" >in
	try tamis reward -q --weights helpfulness=1,verbosity=-.5 in
}
bad '{"helpfulness":1}'
bad '{"helpfulness":"4","verbosity":1}'
bad '{"helpfulness":null,"verbosity":1}'
bad '{"helpfulness":[4],"verbosity":1}'
bad '{"helpfulness":{},"verbosity":1}'
bad '{"helpfulness":true,"verbosity":1}'
bad '{"helpfulness":NaN,"verbosity":1}'
bad '{"helpfulness":Infinity,"verbosity":1}'
bad '{"helpfulness":1e999,"verbosity":1}'
bad '{"helpfulness":-100,"verbosity":1}'
printf '%s\n' '{"helpfulness":1}' '{"helpfulness":2,"verbosity":1}' >in
try tamis reward --weights helpfulness=1,verbosity=1 --on-bad=skip in
{
	answer p1 a 1 1 1 1 1
	answer p2 b 1 1 1 1 1
	answer p1 c 2 2 2 2 2
} >in
try tamis reward -q --best 1 in
try tamis reward -q --best 1 --on-bad=skip in
printf '%s\n' '{"messages":[{"role":"user","content":"q"}],"helpfulness":1}' >in
try tamis reward -q --best 1 --weights helpfulness=1 in
printf '%s\n' '{"text":"x","helpfulness":1}' >in
try tamis reward -q --best 1 --weights helpfulness=1 in
