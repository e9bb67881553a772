# The reward is the f64 sum in the order of the weights, written with 17 digits.
answer q a 4 4 4 2 2 >in
reward() { try "tamis reward -q $* in | sed 's/.*,\"reward\"/\"reward\"/'"; }
reward
reward --weights nemotron4-340b
reward --weights llama3-70b
reward --weights coherence=.46,complexity=.47,correctness=.74,helpfulness=.3,verbosity=-.33
reward --weights helpfulness=1
reward --weights helpfulness=0
reward --weights helpfulness=0.0000123
reward --weights helpfulness=-.000025
reward --weights helpfulness=50000000000000000000
reward --weights helpfulness=100000000000000000.5
# Documents need no conversation, and an earlier reward is replaced in its place.
echo '{"reward":1, "helpfulness":2.50,"text":"x"}' >plain
try tamis reward -q --weights helpfulness=.5 plain
