# Text that is not Unicode: bytes that are not UTF-8, lone surrogates, NULs raw and escaped.
bad() {
	note "$1"
	# shellcheck disable=SC2059
	printf "$1\n" >in
	try tamis length -q in
}
bad '{"text":"a\377b"}'
bad '{"text":"\303"}'
bad '{"text":"\355\240\200"}'
bad '{"text":"\300\200"}'
bad '{"text":"\364\220\200\200"}'
bad '{"text":"a","x":"\200"}'
bad '{"\200":1,"text":"a"}'
bad '{"text":"a\\ud800b"}'
bad '{"text":"a\\udc00\\ud800b"}'
bad '{"text":"a\\ud800\\n"}'
bad '{"text":"a","x":["\\udfff"]}'
bad '{"text":"a\\u0000b"}'
bad '{"text":"a\000b"}'
bad '\000'
bad '{"text":"\\ud83d\\ude00"}'
