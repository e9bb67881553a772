# One process at a time writes a prefix: encode or reshard.
# threads: 1
mkfifo fifo
tamis encode -q -m m -o s fifo &
first=$!
echo $first >first
exec 3>fifo
while ! [ -s s.lock ]; do sleep 0.05; done
try "tamis reshard -q -o s a 2>&1 | sed \"s/id \$(cat first) /id N /\""
try "tamis reshard -q --shards 2 -o s a 2>&1 | sed \"s/id \$(cat first) /id N /\""
cat t >&3
exec 3>&-
wait $first
try tamis reshard -q --shards 2 -o s a
try ls s*
