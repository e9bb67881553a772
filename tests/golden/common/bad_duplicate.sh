# Duplicate field names are bad data, however they are escaped, in small and large objects.
bad() {
	printf '%s\n' "$1" >in
	note "$1"
	try tamis length -q in
}
bad '{"text":"a","text":"a"}'
bad '{"text":"a","te\u0078t":"b"}'
bad '{"id":1,"text":"a","\u0069\u0064":1}'
bad '{"text":"a","":1,"":2}'
bad '{"text":"a","/":1,"\/":2}'
bad '{"text":"a","\ud83d\ude00":1,"😀":2}'
bad '{"text":"a","1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"9":9,"10":1,"11":1,"12":1,"13":1,"14":1,"15":1,"16":1,"17":1,"7":2}'
# Nested objects are not checked.
bad '{"text":"a","x":{"y":1,"y":2}}'
