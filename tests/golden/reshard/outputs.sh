# Existing shards are kept, or replaced as a set with --force; inputs are never replaced.
try tamis reshard -q -o x a
try tamis reshard -q -o x b
cmp x.bin a.bin
: >x.report.json
try tamis reshard -q --force -o x b
cmp x.bin b.bin
try ls x.bin x.idx x.sdx x.report.json
try tamis reshard -q --force -o x x c
try tamis reshard -q --force -o ./x c x.bin
# Sets.
try tamis reshard -q --shards 4 -o s a b
try tamis reshard -q --shards 2 -o s a b c
try tamis reshard -q --shards 2 --force -o s a b c
try tamis reshard -q --shards 2 --force -o s s-0000?.sdx
try tamis reshard -q --shards 5 --force -o s a b c
try tamis verify -q s-*.sdx
try 'ls s-*'
rm s-00000.*
try tamis reshard -q --shards 5 -o s a b c
# Names that belong to others do not count.
: >u-0000.sdx
: >u-00000x.sdx
: >u2-00000.sdx
try tamis reshard -q --shards 1 -o u a
try 'ls u*'
# The names of the shards of runs.
try tamis reshard -q --shards 2 -o tok/shard a
try tamis reshard -q -o tok/shard a
try tamis verify -q tok
try tamis reshard -q -o no/such/x a
try tamis reshard -q -o tok/ a
# Temporary files that a killed reshard left.
: >k-00000.bin.host.123.tmp
: >k-00017.sdx.host.123.tmp
: >k.bin.host.123.tmp
: >k-1.bin.host.123.tmp
try tamis reshard -q --tokens 1M -o k a
try 'ls k*'
try tamis reshard -q -o k a
try 'ls k*'
