# Options, lists of ids and memory are checked.
printf '{"id":"a","text":"a b c"}\n{"id":"b","text":"d e f"}\n' >in
try tamis near-oracle --threshold 0 in
try tamis near-oracle --threshold 0.009 in
try tamis near-oracle --threshold 1.5 in
try tamis near-oracle --measure cosine in
try tamis near-oracle --kept in --removed in in
try tamis near-oracle --max-unjustified 0 in
try tamis near-oracle --max-missed 0 in
try tamis near-oracle --kept missing in
note 'ids'
printf '{"id":"a"}\n{"text":"b"}\n' >kept
try tamis near-oracle --kept kept in
printf '{"id":"a"}\n{"id":"a"}\n' >kept
try tamis near-oracle --kept kept in
printf '{"id":1.5}\n' >kept
try tamis near-oracle --kept kept in
printf '{"id":"a"\n' >kept
try tamis near-oracle --kept kept in
printf '{"id":"\377"}\n' >kept
try tamis near-oracle --kept kept in
printf '{"id":"a","text":"0123456789"}\n' >kept
try tamis near-oracle --max-doc 29 --kept kept in
printf 'a\nc\nd\n' >removed
try tamis near-oracle -q --removed removed in
printf 'a\n' >removed
try tamis near-oracle -q --removed removed in in
printf 'a\nb\na\n' >removed
try tamis near-oracle -q --removed removed in
note 'the rejects of near are JSON'
printf '{"id":"a","text":"a b c"}\n{"id":"b","text":"d e f"}\n' >removed
try tamis near-oracle -q --removed removed in
note 'the scope'
try tamis near-oracle --scope , in
try 'tamis near-oracle -q --scope lnag in | head -n 1'
note 'memory'
try tamis near-oracle -q -m 500 in
try tamis near-oracle -q -m 10k -o out in
awk 'BEGIN { for (i = 0; i < 400; i++) { printf "{\"id\":\"%d\",\"text\":\"", i; for (k = 0; k < 200; k++) printf "w%c%c%c%c ", 97 + i % 26, 97 + i / 26, 97 + k % 26, 97 + k / 26; print "\"}" } }' >many
try tamis near-oracle -q -m 1100Ki many
try tamis near-oracle -q -m 8Mi -o out many
