# Items have the fields of their document, and --dedup drops repeated ones.
cat >in <<'END'
{"id":7,"list":"- Food\n- Caf\u00e9s","topic":"t","gen_model":"m"}
{"text":"- FOOD.\n-  food \n- CAFE\u0301S\n- new  item"}
END
try tamis items --member list --on-bad=skip in
sed '1s/"list"/"text"/' in >texts
try tamis items --dedup texts
try tamis items -q texts
try 'tamis chain -q items : length --max 4 texts'
bad() {
	printf '%s\n' "$1" >in
	try tamis items in
}
bad '{"text":"[\"a\",1]"}'
bad '{"text":"[\"a\" \"b\"]"}'
bad '{"text":"[]"}'
bad '{"text":""}'
bad '{"text":1}'
bad '{"id":"x"}'
bad '{"messages":[{"role":"user","content":"- a"}]}'
bad '{"messages":7}'
try tamis items --max 0 in
