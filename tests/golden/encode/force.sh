# --force alone replaces an existing shard; a failure leaves nothing.
echo '{"text":"the mill and the sieve"}' >t
tamis vocab -q --size 280 -o m t
try tamis encode -q -m m -o s t
echo '{"text":"the sieve"}' >other
cp s.bin before
try tamis encode -q -m m -o s other
cmp s.bin before
try tamis encode -q -m m --force -o s other
try tamis cat -m m --plain s
echo bad >>other
try tamis encode -q -m m -o new other
try tamis encode -q -m m --force -o s other
try ls
