# Documents and answers that are bad, each named by file and line.
bad() {
	printf '%s\n' "$1" >in
	try tamis batch -q in
}
bad '{"id":"1","messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}'
try tamis batch -q --last assistant in
bad '{"id":"1","messages":[{"role":"user","content":"q"}]}'
try tamis batch -q --last assistant in
bad '{"id":"1"}'
bad '{"id":"1","messages":"x"}'
bad '{"id":"1","messages":[{"role":"bot","content":"q"}]}'
bad "{\"id\":\"$(printf %065d 0)\",\"text\":\"x\"}"
try 'tamis batch -q --ids content in | cut -c 1-36'
bad '{"id":"","text":"x"}'
printf '%s\n' '{"id":"a","text":"x"}' '{"id":"a","text":"y"}' >in
try tamis batch -q in
printf '%s\n' '{"text":"x"}' '{"messages":[{"role":"user","content":"x"}]}' >in
try tamis batch -q in
prompts 2 >in
answers() {
	# shellcheck disable=SC2059 # the format is the test's own
	printf "$@" >a.jsonl
	try tamis batch -q --answers a.jsonl in
}
answers '{"custom_id":"q1","response":null}\n{"custom_id":"q2",\n'
try tamis batch -q --answers a.jsonl --on-bad=skip in
answers '\n{"id":"q1","response":null}\n'
answers '{"custom_id":[],"response":null}\n'
answers '{"custom_id":"q1","response":{"body":{"choices":[{"message":7}]}}}\n'
answers '{"custom_id":"q1","response":{"body":{"choices":[{"message":{"content":["x"]}}]}}}\n'
answers '{"custom_id":"q1","response":{"body":{"choices":[7]}}}\n'
answers '{"custom_id":"q1","response":{"body":{"choices":[{"index":0},{"index":0}]}}}\n'
answers '{"custom_id":"q1","response":{"status_code":"200"}}\n'
answers '{"custom_id":"q1","response":{"body":{"choices":[{"message":{"content":"x"},"finish_reason":1}]}}}\n'
answers '[{"custom_id":"q1"}]\n'
# A response in the middle of which another begins, after a server was killed.
answers '{"custom_id":"q1","resp{"custom_id":"q1","response":null}\n'
response q1 one | gzip >a.jsonl
try tamis batch -q --answers a.jsonl in
try tamis batch -q --answers missing.jsonl in
try tamis batch -q --answers /dev/null in
try 'tamis batch -q --answers in -o in in'
