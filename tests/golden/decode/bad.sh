# decode rejects lines that are not ids, ids out of range, and files that are not models.
echo '{"text":"the mill and the sieve"}' >t
tamis vocab -q --size 280 -o m t
bad() {
	printf '261\n%s\n' "$1" >ids
	note "$1"
	try tamis decode -m m ids
}
bad 280
bad 99999999999999999999999
bad 4294967297
bad -1
bad 1.5
bad x
bad '{"text":"a"}'
bad 0x10
printf '261\n\0\0' >nul
try tamis decode -m m nul
printf '261 \33\n' >escape
try tamis decode -m m escape
try tamis decode -m m t
printf '1 2 3 4\n' | try tamis decode -m m --max-doc 3
printf '1 2 3\n' | try tamis decode -m m --max-doc 3
try tamis decode ids
try tamis decode -m absent ids
try tamis decode -m ids ids
try tamis decode -m m absent
printf '261\n280\n' | try tamis decode -m m -o out
try ls
