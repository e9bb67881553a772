# A wrong role or order of turns: exit 3, the file, the line and the turn; --on-bad=skip skips the record.
bad() {
	printf '{"messages":[{"role":"user","content":"a"}]}\n{"messages":[%s]}\n' "$(IFS=,; echo "$*")" >in
	try tamis chat -q in
}
S='{"role":"system","content":"s"}' U='{"role":"user","content":"u"}' A='{"role":"assistant","content":"a"}'
T='{"role":"tool","content":"1"}' C='{"role":"assistant","tool_calls":[{"function":{"name":"f"}}]}'
bad "$U" '{"role":"bot","content":"a"}'
bad "$U" '{"role":"a role with a name of more than forty bytes, which is cut","content":"a"}'
bad "$U" '{"content":"a"}'
bad "$S" "$S" "$U"
bad "$U" "$A" "$S"
bad "$S"
bad
bad "$A"
bad "$S" "$A"
bad "$U" "$U"
bad "$U" "$A" "$A"
bad "$U" "$A" "$T"
bad "$U" "$T"
bad "$U" "$C" "$T" "$T"
bad "$U" "$C" "$T" "$U"
bad "$U" '{"role":"user","role":"assistant","content":"a"}'
try tamis chat --on-bad=skip -r rejects in
try cat rejects
# Calls, and the turns after them, in order.
bad "$U" "$C" "$T" "$A" "$U" "$C"
# The last turn.
printf '%s\n' "{\"messages\":[$U,$A]}" >answered
printf '%s\n' "{\"messages\":[$U]}" >asked
printf '%s\n' "{\"messages\":[$U,$C,$T]}" >called
for last in user assistant; do
	for in in answered asked called; do
		try tamis chat -q --last $last $in
	done
done
