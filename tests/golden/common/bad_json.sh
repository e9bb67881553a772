# A malformed record: exit 3, its place and the problem, and no output.
bad() {
	printf '%s\n' "$1" >in
	note "$1"
	try tamis length -q in
}
bad 'hello'
bad '"text"'
bad '[{"text":"a"}]'
bad '{"text":"a"'
bad '{"text":"a'
# shellcheck disable=SC1003
bad '{"text":"a\'
bad '{"text":"a",}'
bad '{"text":"a" "b":1}'
bad '{"text":"a"} {"text":"b"}'
bad '{"text" "a"}'
bad '{text:"a"}'
bad "{'text':'a'}"
bad '{"text":"a","n":01}'
bad '{"text":"a","n":NaN}'
bad '{"text":"a","n":[1,2}'
bad '{"text":"\x41"}'
bad '{"text":"\u12g4"}'
bad '{"text":"a	b"}'
printf '{"text":\n"a"}\n' >in
try tamis length -q in
bad '{"text":"a","n":[-Infinity]}'
