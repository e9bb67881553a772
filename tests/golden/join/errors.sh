# Bad documents and bad files.
prompts 1 >in
response q1 one >a
try tamis join in
try tamis join --with missing in
try tamis join --with 'no/*' in
try tamis join --with a --as '' in
try tamis join --with a --as id in
try tamis join --with a -n 0 in
try tamis join --with a --key id in
try tamis join --with a --as messages in
mkfifo pipe
try tamis join --with pipe in
try tamis join --with a --with a in
printf '%s\n' '{"id":"q1","text":"x"}' '{"id":"q1","text":"y"}' >twice
try tamis join -q --with a twice
echo '{"id":"q1","messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}' >answered
try tamis join -q --with a answered
echo '{"id":"q1"}' >bare
try tamis join -q --with a bare
echo '{"custom_id":"q1","n":1}' >record
try tamis join -q --with record in
try tamis join -q --with record --as m in
echo '{"custom_id":"q1","response":{"body":{"data":[{"score":1}]}}}' >score
try tamis join -q --with score in
echo '{"custom_id":"q1","text":1}' >record
try tamis join -q --with record --as text in
printf '%s\n' '{"custom_id":"q1","response":null}' 'x' >a
try tamis join -q --with a in
try tamis join -q --with a --max-doc 20 in
