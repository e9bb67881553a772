# mix keeps the answers of a prompt together in one sample, with their rewards.
pref 30 2 a
pref 6 2 b
seq=24 plan a b >p
try tamis mix -q -p p -o run
try tamis verify -q run
try 'tamis cat --all run | sed -n 1,16p'
seq=24 align=2 plan a b >p
try tamis mix -q -p p -o aligned
try tamis verify -q aligned
# Three answers each.
pref 20 3 three
seq=32 plan three >p
try tamis mix -q -p p -o triples
try tamis verify -q triples
reward 30 r
plan r >p
try tamis mix -q -p p -o rewards
try tamis verify -q rewards
try 'tamis info rewards | sed -n 1,3p'
