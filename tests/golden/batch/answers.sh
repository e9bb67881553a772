# Requests with a good answer are omitted; those with a bad one are repeated.
prompts 14 >in
mkdir a
ids() { try "tamis batch $* in | sed 's/.*custom_id\":\"\([^\"]*\).*/\1/' | tr '\n' ' '"; }
ids -q --answers "'a/*.jsonl'"
ids -q --answers a
{
	response q1 one
	response q2 cut length
	response q3 ''
	echo
	echo '{"custom_id":"q4","response":{"status_code":500,"body":{"error":{"message":"busy"}}},"error":null}'
	echo '{"custom_id":"q5","response":null,"error":{"code":"expired","message":"late"}}'
	echo '{"custom_id":"q6","response":{"status_code":200,"body":{"choices":[]}},"error":null}'
	echo '{"custom_id":"q7","response":{"status_code":200,"body":{"choices":[{"index":0,"message":{"role":"assistant","content":null},"finish_reason":"stop"}]}},"error":null}'
} >a/1.jsonl
{
	echo '{"custom_id":"q8","response":{"model":"m1","choices":[{"message":{"content":"the body directly"},"finish_reason":"stop"}]}}'
	echo '{"custom_id":"q9","response":{"body":{"choices":[{"message":{"content":null,"tool_calls":[{"type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}}}'
	echo '{"custom_id":"q10","response":{"body":{"data":[{"index":0,"score":0.5}]}}}'
	echo '{"custom_id":"q11","response":{"body":{"error":{"message":"x"},"choices":[{"message":{"content":"y"}}]}}}'
	response q12 twelve | head -c 100
} >a/2.jsonl
ids --answers a
ids -q --answers a --need-stop
ids -q --answers a -n 2
ids -q --answers a/1.jsonl
response q4 four >>a/3.jsonl
ids -q --answers a/1.jsonl --answers a/3.jsonl
try 'tamis batch -q --answers a --report r in | tail -n 2; grep -o "\"statistics\".*conflicting[^}]*}" r'
# All are answered: the output is empty.
prompts 1 >in
try tamis batch --answers a/1.jsonl in
response extra x >a/4.jsonl
try tamis batch --answers a/1.jsonl --answers a/4.jsonl in
response q1 one | sed 's/"m1"/"m2"/' >>a/4.jsonl
try tamis batch -q --answers a/1.jsonl --answers a/4.jsonl in
