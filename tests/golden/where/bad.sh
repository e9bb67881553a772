# where names what it does not find, and rejects what is not a token, a list or a shard.
try tamis where
try tamis where run
try tamis where 5 run
try tamis where 5:-1 run
try tamis where 0:0 --id en-1 run
try tamis where --kind id 0:0 run
try tamis where 0:0 absent
try tamis where 99:0 run
try tamis where 0:16 run
try tamis where 0:0 run/shard-00001
try tamis where 40:0 en
printf '0:0\r\n\n5\n' >tokens
try tamis where --positions tokens run
printf '0:0\n99:0\n' >tokens
try 'tamis where --positions - run <tokens'
try tamis where 0:17 en
try tamis where --id none --id en-1 --url http://a.example/ run
try tamis where --domain http://a.example/ run
printf 'domain a.example # of today\n' >list
try tamis where --list list run
try "tamis where --domain '*.a.example' run"
try 'tamis where --list - run </dev/null'
printf 'en-3\n' >list
try tamis where --list list run
printf '# none\n' >list
try tamis where --list list run
try tamis where --list absent run
# A run without ids finds ids by their hash, and no URLs.
tamis mix -q --no-ids -p p -o bare
try tamis where 0:0 bare
try tamis where --id en-7 bare
try tamis where --url http://b.a.example/4 bare
# A truncated shard, and a shard of another run.
truncate -s -1 run/shard-00001.sdx
try tamis where 0:0 run
try tamis where 25:0 run
try tamis where --id none run
sed 's/seq 16/seq 16\nseed 7/' p >q
tamis mix -q -p q -o other
cp other/shard-00001.* run
try 'tamis where 25:0 run 2>&1 | sed "s/[0-9a-f]\{64\}/SHA/g"'
printf '\001' | dd of=run/shard-00000.bin bs=1 seek=10 conv=notrunc status=none
try tamis where 0:0 run
