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
# The report names the model by its SHA-256.
tamis encode -q -m m --ids --report r -o ids in
grep -q "\"model\":\"$(sha256sum <m | cut -c 1-64)\"" r
try "grep -o '\"encode.empty\",\"hits\":[0-9]*' r"
