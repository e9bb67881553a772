# Documents without a good answer: an error, dropped with the reason, or kept.
prompts 9 >in
{
	response q1 one
	response q2 two length
	response q3 ' \\n'
	echo '{"custom_id":"q4","response":{"status_code":500,"body":{}},"error":null}'
	echo '{"custom_id":"q5","response":null,"error":{"code":"x"}}'
	echo '{"custom_id":"q6","response":{"status_code":200,"body":{"choices":[]}}}'
	echo '{"custom_id":"q7","response":{"body":{"choices":[{"message":{"content":null}}]}}}'
	response q8 eight | head -c 60
} >a
try tamis join --with a --missing drop in
try 'tamis join --with a --missing keep -n 2 --need-stop in | cut -c 1-70'
try tamis join -q --with a --missing drop --need-stop -r rejects in
try 'sed "s/\"messages.*\"drop\"/\"drop\"/" rejects'
try tamis join -q --with a --missing drop -n 2 in
for q in 2 3 4 6 7 9; do
	sed -n "${q}p" in >one
	try tamis join -q --with a --need-stop one 2>&1
done
try tamis join --on-bad=skip --with a in
