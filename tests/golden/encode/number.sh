# --number stores a numeric field of each document, rounded down, at most 65535.
echo '{"text":"the mill and the sieve"}' >t
tamis vocab -q --size 280 -o m t
cat >in <<'JSON'
{"id":"a","text":"the mill","dup_count":3}
{"id":"b","text":"","dup_count":4}
{"id":"c","text":"the sieve","dup_count":0}
{"id":"d","text":"and","dup_count":2.9}
{"id":"e","text":"and","dup_count":1e300}
{"id":"f","text":"and","dup_count":65535}
{"id":"g","text":"and","dup_count":-0}
JSON
try tamis encode -q -m m --number dup_count -o s in
try "tamis cat --all s | grep '^##'"
try 'tamis info s | grep documents'
tamis info --json s >info.json
try grep -o '"document_[a-z]*":[^,]*' info.json
try tamis verify -q s
for v in '' ',"dup_count":null' ',"dup_count":"3"' ',"dup_count":-1' ',"dup_count":[1]' ',"dup_count":true'; do
	echo "{\"text\":\"mill\"$v}" | try tamis encode -q -m m --number dup_count -o bad
done
for name in '' 'a b' 0123456789012345678901234567890123456789012345678901234567890123; do
	try tamis encode -m m --number "$name" -o bad in
done
try tamis encode -m m --number dup_count --ids in
try ls
