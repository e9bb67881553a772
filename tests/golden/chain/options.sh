# Common options come before the first filter or after any filter; the last one wins.
printf '%s\n' '{"text":"a ","body":"b "}' '{"text":"a","body":"b "}' >in
try tamis chain -q -t body norm : exact in
try tamis chain norm -q : exact -t body -- in
try tamis chain -q -t nonsense norm -j3 : exact --text body <in
echo '{"text":"\ud800 "}' | try tamis chain -q norm --on-bad=repair : exact
try 'tamis chain norm : exact --help | sed -n 1p'
try 'tamis chain --help | sed -n 1,3p'
