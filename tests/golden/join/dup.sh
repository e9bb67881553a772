# Several answers of one id: the same content is a repetition; else --dup decides.
prompts 2 >in
{
	response q2 two
	response q1 zzz
	response q1 aaa
	echo '{"custom_id":"q1","response":null,"error":{"message":"late"}}'
	response q2 two
} >a
show() { try "tamis join $* in | sed 's/.*content/content/'"; }
show --with a
tac a >b
show -q --with b
show -q --with a --dup first
show -q --with b --dup first
show -q --with a --dup error
grep -v zzz a >c
show -q --with c --dup error
# More choices are better.
echo '{"custom_id":"q1","response":{"body":{"choices":[{"message":{"content":"x"}},{"message":{"content":"y"}}]}}}' >>a
show -q --with a
# A bad answer never replaces a good one.
echo '{"custom_id":"q2","response":{"status_code":500}}' >>c
show -q --with c --dup first
