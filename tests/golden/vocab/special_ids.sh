# --special-ids chooses the ids of unk, bos, eos and pad, which encode and plan then use.
awk 'BEGIN { for (i = 0; i < 9; i++) print "{\"text\":\"the mill and the sieve, the flour of the mill\",\"id\":\"" i "\"}" }' >in
try tamis vocab -q -o t5 --size 290 --special-ids pad=0,eos=1,unk=2,bos=none --control-symbols '<sep>' in
try tamis encode -q -m t5 -o t in
try 'tamis info --json t | grep -oE "\"(bos|eod|pad|unk)\": ?[0-9a-z]+"'
try tamis encode -q -m t5 --bos --ids in
echo 0 1 2 3 4 | try tamis decode -m t5
echo '{"text":"mill"}' | try tamis encode -q -m t5 --eod '<sep>' --ids
try tamis vocab -q -o last --size 290 --special-ids bos=270,eos=271,pad=272 in
try tamis encode -q --bos -m last -o l in
try 'tamis info --json l | grep -oE "\"(bos|eod|pad|unk)\": ?[0-9a-z]+"'
printf '%s\n' 'tamis-plan 1' 'seq 32' 'phase p 200' 'group g 1' 'source l l in=g' >plan
try tamis plan -q -o lock plan
try 'grep -E -w "eod|pad|bos" lock'
try tamis vocab -q -o none --size 290 --special-ids bos=none,eos=none,pad=none in
try tamis encode -q -m none --ids in
try 'tamis encode -q -m none --eod none --ids in | head -n 1'
# Values that cannot be.
try tamis vocab -q -o m --size 900 --special-ids eos=899 in
for list in '' unk unk= foo=1 unk=none pad=0 bos=none,eos=3 pad=275 eos=-2 eos=x; do
	try tamis vocab -q -o m --size 275 --special-ids "$list" in
done
try tamis vocab -q -o m --size 256 --special-ids bos=none,eos=none,pad=none in
try ls
