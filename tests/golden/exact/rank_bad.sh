# With --rank, a document without a plain decimal number is bad, in both passes.
bad() {
	printf '{"text":"a","q":1}\n%s\n' "$1" >in
	note "$1"
	try tamis exact -q --rank q in
}
bad '{"text":"a"}'
bad '{"text":"a","q":"1"}'
bad '{"text":"a","q":null}'
bad '{"text":"a","q":1e3}'
bad '{"text":"a","q":1234567890123456789012345678901234567890123456789012345678901234567890}'
cat >in <<'EOF'
{"text":"a","q":1}
{"text":"a"}
{"text":"only here"}
{"text":"b","q":2}
EOF
try tamis exact --rank q --on-bad=skip -r rejects in
try cat rejects
try tamis exact -q --rank q --on-bad=skip --max-bad 1 in
