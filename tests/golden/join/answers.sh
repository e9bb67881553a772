# Answers become turns, in the order of documents, and a document for each choice.
{
	prompts 2
	echo '{"id":3,"text":"a \u0074ext","k":1.50}'
	echo '{"messages":[{"role":"user","content":"no id"} ] }'
} >in
{
	response 3 three
	response q2 'two\n\u00e9' length
	echo '{"custom_id":"q1","response":{"model":"m2","choices":[{"index":1,"message":{"content":"second"},"finish_reason":"stop"},{"index":0,"message":{"content":"first"},"finish_reason":"stop"}]}}'
	echo '{"custom_id":"08c68bb17a165e43","response":{"body":{"choices":[{"message":{"content":null,"tool_calls":[{"type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}}}'
} >a
try tamis join --with a in
try tamis join -q --with a --round 2 --as answer in
try tamis join -q --with a --as draft --missing drop in
grep -v arguments a >b
try tamis join -q --with b --as draft --missing drop in
try tamis join -q --with b --as text --missing drop in
# The order of lines, and how they are split over files, change nothing.
mkdir d
echo '{"id":"q1.1","score":2}' >s
head -n 2 a >d/1.jsonl
tail -n 2 a >d/2.jsonl
try 'tamis join -q --with a in >want && tac a >r && tamis join -q --with r in | cmp - want && tamis join -q --with d in | cmp - want'
try 'tamis join -q --with d/2.jsonl --with "d/1*" in | cmp - want'
try 'tamis join -q --with a <in | cmp - want'
# In a chain.
try "tamis chain -q join --with a : join --with s --key id --as score --missing drop : reward --weights score=1 in"
