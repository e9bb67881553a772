# encode writes a shard of three files, with id, URL and language of each document.
awk 'BEGIN { for (i = 0; i < 20; i++) print "{\"text\":\"the mill and the sieve\"}" }' >t
tamis vocab -q --size 280 -o m t
cat >in <<'JSON'
{"id":"one","text":"the mill","lang":"en","url":"http://a.example/1"}
{"id":"none","text":""}
{"text":"the sieve\n","lang":"not a language"}
{"id":"last","text":"\u2581"}
JSON
try tamis encode -m m -o en in
try ls
try tamis cat --all en
try tamis encode -q -m m -o tok.x --source 'web/en' in
try 'tamis info tok.x | tail -n 1'
mkdir tok
try tamis encode -q -m m -o tok/de in
try 'tamis cat tok/de | sed -n 1p'
gzip -n in
try tamis encode -q -m m -o packed in.gz
cmp packed.bin en.bin
