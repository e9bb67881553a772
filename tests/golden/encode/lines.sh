# --ids and --pieces write one line per document, to a file, packed or not, or to stdout.
echo '{"text":"the mill and the sieve"}' >t
tamis vocab -q --size 280 -o m t
printf '{"text":"AZ az"}\n{"text":""}\n{"text":"\\n\\t \\"\\\\"}\n{"text":"<s></s><pad><0x41>"}\n' >in
try tamis encode -m m --pieces in
try 'tamis encode -m m --ids --eod none in >ids'
try 'wc -l <ids'
try tamis encode -q -m m --ids -o ids.zst in
try 'zstd -dcq ids.zst | wc -l'
try tamis encode -q -m m --ids -o ids in
try tamis encode -q -m m --ids -o ids in
zstd -dcq ids.zst | cmp - ids
try ls
