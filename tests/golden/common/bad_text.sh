# A record without text, or with a text that is no string, and the way out: --text.
bad() {
	printf '%s\n' "$1" >in
	note "$1"
	try tamis length -q in
}
bad '{}'
bad '{"content":"a"}'
bad '{"Text":"a"}'
bad '{"x":{"text":"a"}}'
bad '{"text":null}'
bad '{"text":1}'
bad '{"text":["a"]}'
bad '{"text":{"a":"b"}}'
echo '{"content":"a"}' >in
try tamis length -q --text content in
try tamis length -q --text=body in
