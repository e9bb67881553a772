# Text becomes a user-defined symbol, which is counted; --no-user-defined takes it for plain text.
awk 'BEGIN { for (i = 0; i < 20; i++) print "{\"text\":\"the mill and the sieve, the flour of the mill [x] <s>\"}" }' >in
tamis vocab -q --size 300 --user-symbols '[x],the' -o m in
echo '{"text":"the [x] mill <s>"}' >doc
try tamis encode -q -m m --pieces doc
try tamis encode -q -m m --pieces --no-user-defined doc
tamis encode -q -m m -o a in
tamis encode -q -m m --no-user-defined -o b in
try "tamis info --json a | grep -o '\"encode.user_defined\":[0-9]*'"
try "tamis info --json b | grep -o '\"plain_symbols\":true'"
printf 'tamis-plan 1\nseq 16\nphase p 160\ngroup g 1\nsource a a in=g\nsource b b in=g\n' >plan
try tamis plan -n plan
try tamis reshard -o c a b
note "a space that is a user-defined symbol"
tamis vocab -q --size 300 --user-symbols '  , ' -o spaces in
echo '{"text":"a mill"}' >doc2
try tamis encode -q -m spaces --ids doc2
try 'tamis encode -m spaces --no-user-defined --ids doc2 | tamis decode -m spaces'
note "a model that the engine does not take"
sed 's/\[x\]/[x\xff/' m >odd
try 'tamis encode -m odd --engine tamis --ids doc'
try 'tamis encode -m odd --no-user-defined --ids doc'
try 'tamis encode -m m --engine sentencepiece --no-user-defined --ids doc'
