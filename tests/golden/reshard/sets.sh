# A numbered set that lacks shards: verify reports it, a directory or a glob in a plan is refused.
mkdir k
try tamis reshard -q --shards 9 -o k/e a b
try tamis verify -q k
rm k/e-00003.* k/e-00008.sdx
try tamis verify k
try tamis verify --quick k/*.sdx
try tamis reshard -q -o all k
printf 'tamis-plan 1\nseq 4\nphase p 8\ngroup g 1\nsource en e-* in=g\n' >k/p
try tamis plan -n k/p
note 'shards that are named one by one'
try tamis verify -q k/e-00001
try tamis reshard -q -o one k/e-00001
try tamis reshard -q -o some k/e-00000 k/e-00001.sdx k/e-00002
sed 's/e-\*/e-00000 e-00002/' k/p >k/named
try tamis plan -n k/named
note 'without the shard that is published last'
rm k/e-00000.sdx
try tamis verify -q k
try tamis reshard -q -o all k
note 'a glob may match some shards of a whole set'
try tamis reshard -q --shards 3 -o k/w a
printf 'tamis-plan 1\nseq 4\nphase p 8\ngroup g 1\nsource en w-0000[01] in=g\n' >k/p
try tamis plan -n k/p
note 'a shard that was renamed is not one of a set'
mkdir r
for ext in bin idx sdx; do mv k/e-00001.$ext r/x-1.$ext; done
try tamis verify -q r
