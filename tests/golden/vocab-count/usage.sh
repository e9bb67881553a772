# vocab-count checks its options, and leaves no file if it fails.
echo '{"text":"the mill and the sieve"}' >in
echo '{"text":1}' >bad
try tamis vocab-count in
try tamis vocab-count -o - in
try tamis vocab-count -o c.zst in
try tamis vocab-count -o absent/c in
try tamis vocab-count -o in in
try tamis vocab-count -o c absent
try tamis vocab-count -o c in bad
try tamis vocab-count -o c -m 1000 in
try tamis vocab-count -o c --where lang=en in
try tamis vocab-count -o c --weight lang in
try tamis vocab-count -o c --user-symbols a,a in
try tamis vocab-count -o c --preset nemotron in
try tamis vocab-count -o c --size 32000 in
try tamis vocab-count -o c --special-ids unk=none in
try tamis norm : vocab-count -o c in
try ls
try tamis vocab-count -o c in
try 'tamis vocab-count -q -o /dev/stdout in | cmp - c'
