# One encode at a time writes a shard; an interrupted one can run again.
echo '{"text":"the mill and the sieve"}' >t
tamis vocab -q --size 280 -o m t
mkfifo fifo
tamis encode -q -m m -o s fifo &
first=$!
echo $first >first
exec 3>fifo
while ! [ -s s.lock ]; do sleep 0.05; done
for force in '' --force; do
	try "tamis encode -q -m m $force -o s t 2>&1 | sed \"s/id \$(cat first) /id N /\""
done
cat t >&3
exec 3>&-
wait $first
try tamis verify -q s
try ls
# Only .sdx means that the shard exists.
try tamis encode -q -m m -o s t
rm s.sdx
echo part >s.bin
: >s.sdx.host.123.tmp
: >s.report.json.host.123.0.tmp
: >s.idx.tmp
: >s.report.json.123.tmp
: >s2.bin.host.123.tmp
try tamis encode -q -m m -o s t
try tamis verify -q s
try ls
# kill -9 leaves a lock file, and another encode may run.
tamis encode -q -m m -o s --force fifo &
first=$!
exec 3>fifo
while ! [ -s s.lock ]; do sleep 0.05; done
{ kill -9 $first; wait $first || :; } 2>/dev/null
exec 3>&-
try 'ls s.lock'
try tamis encode -q -m m --force -o s t
try 'ls s*'
# The directory of the prefix is created, not those above it.
try tamis encode -q -m m -o tok/en t
try ls tok
try tamis encode -q -m m -o no/such/en t
