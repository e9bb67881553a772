# --on-bad=mend makes U+FFFD of what is no Unicode; what has no obvious repair stays bad.
{
	printf '{"text":"a\377b\342\202","x":"\300\200"}\n'
	printf '{"text":"a\\ud800b\\u0000c","\\udc00":1}\n'
	printf '{"text":"\\\\ud800 \\ud83d\\ude00 \\uD800\\uD800"}\n'
	printf '{"text":"good \\u0041","n":1.50}\n'
} >in
try tamis length --on-bad=mend in
printf '{"text":"a\\xb"}\n' >in
try tamis length -q --on-bad=mend in
echo 'nonsense' >in
try tamis length -q --on-bad=mend in
# Mending may make two names one.
printf '{"text":"a","\200":1,"\201":2}\n' >in
try tamis length -q --on-bad=mend in
