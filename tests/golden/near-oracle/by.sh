# --by counts removals by the values of a field; more than 90 % is an alarm.
{
	for ((i = 0; i < 11; i++)); do doc "a$i" "1-$((60 - i / 3))" '"source":"copies"'; done
	for ((i = 0; i < 3; i++)); do doc "b$i" "$((i * 1000 + 1000))-$((i * 1000 + 1030))" '"source":"x\u0007y"'; done
	doc c 1000-1030 '"source":7'
	doc d 5000-5030
} >in
try tamis near-oracle -q --by source in
try tamis near-oracle -q --by source --json in
printf '%s\n' b0 b1 b2 d >removed
try tamis near-oracle -q --by source --removed removed in
