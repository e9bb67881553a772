# Scores of reward models, of the score endpoint, and fields of records.
for i in 1 2 3 4 5; do
	echo "{\"id\":\"q$i\",\"messages\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"a\"}],\"verbosity\":9}"
done >in
{
	echo '{"custom_id":"q1","response":{"status_code":200,"body":{"choices":[{"index":0,"message":{"role":"assistant","content":"helpfulness:1.61,verbosity:0.5"},"logprobs":{"content":[{"token":"helpfulness","logprob":1.6171875},{"token":"verbosity","logprob":-0.50}]}}]}}}'
	echo '{"custom_id":"q2","response":{"body":{"choices":[{"message":{"content":" helpfulness: 1.61, verbosity:-0.5"},"logprobs":null}]}}}'
	echo '{"custom_id":"q3","response":{"status_code":200,"body":{"id":"score-1","object":"list","data":[{"index":0,"object":"score","score":0.75}]}}}'
	echo '{"custom_id":"q4","response":{"body":{"data":[{"index":0,"data":[[-1.25]]}]}}}'
	echo '{"custom_id":"q5","response":{"body":{"data":[{"data":2.5}]}}}'
} >scores
try 'tamis join -q --with scores --as score in | cut -c 11,98-'
{
	for i in 1 2 3 4 5; do
		echo "{\"id\":\"q$i\",\"safe\":true,\"n\":$i.0,\"who\":\"x\"}"
	done
} >records
try 'tamis join -q --with records --key id --as score in | cut -c 11,98-'
try 'tamis join -q --with records --key id --as safe in | cut -c 11,98-'
try 'tamis join -q --with records --key id --as verbosity in'
echo '{"id":"q1"}' >bare
try tamis join -q --with records --key id --as who bare
bad() {
	echo "{\"custom_id\":\"q1\",\"response\":{\"body\":{$1}}}" >a
	try tamis join -q --with a --as score bare
}
bad '"choices":[{"message":{"content":"no score"}}]'
bad '"choices":[{"message":{"content":"a:1,a:2"}}]'
bad '"choices":[{"message":{"content":"a:01"}}]'
bad '"choices":[{"message":{"content":"a:.5"}}]'
bad '"choices":[{"message":{"content":"a:nan"}}]'
bad '"choices":[{"message":{"content":"id:1"}}]'
bad '"choices":[{"message":{"content":"messages:1"}}]'
bad '"choices":[{"message":{"content":"text:1"}}]'
bad '"choices":[{"message":{"content":"a:1"}},{"message":{"content":"a:2"}}]'
bad '"choices":[{"message":{"content":"a:1"},"logprobs":{"content":[]}}]'
bad '"choices":[{"message":{"content":"a:1"},"logprobs":{"content":[{"token":"a"}]}}]'
bad '"data":[{"score":"x"}]'
bad '"data":[{"data":[1,2]}]'
