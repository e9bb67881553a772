# --on-bad=repair replaces text that is not Unicode by U+FFFD; other bad records stay bad.
{
	printf '{"text":"a\377b\342\202","x":"\300\200"}\n'
	printf '{"text":"a\\ud800b\\u0000c","\\udc00":1}\n'
	printf '{"text":"\\\\ud800 \\ud83d\\ude00 \\uD800\\uD800"}\n'
	printf '{"text":"good \\u0041","n":1.50}\n'
} >in
try tamis length --on-bad=repair in
printf '{"text":"a\\xb"}\n' >in
try tamis length -q --on-bad=repair in
echo 'nonsense' >in
try tamis length -q --on-bad=repair in
# A repair can make two names equal.
printf '{"text":"a","\200":1,"\201":2}\n' >in
try tamis length -q --on-bad=repair in
# The old value is an alias.
echo '{"text":"\ud800"}' >in
try tamis length --on-bad=mend in
try tamis length -q --on-bad mend in
