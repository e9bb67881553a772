# A record whose text is missing or not a string is bad; the message suggests --text.
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
