# decode restores what was encoded: line ends, tabs, spaces, emoji, control characters.
echo '{"text":"the mill and the sieve"}' >t
tamis vocab -q --size 280 -o m t
cat >in <<'JSON'
{"text":"\n"}
{"text":" "}
{"text":"  the   mill  "}
{"text":"\tif (x) {\r\n\t\treturn;\r\n}\n\n"}
{"text":"😀 é 漢字"}
{"text":"<s>the</s><pad><unk><0x41>"}
{"text":"\"quoted\" \\ / \u0001"}
JSON
# A combining mark, a joiner, a byte order mark, U+FFFD, DEL.
printf '{"text":"\314\201\342\200\215 \357\273\277\357\277\275\177"}\n' >>in
try 'tamis encode -q -m m --ids in >ids'
try 'tamis decode -m m ids >out'
cmp in out
try 'tamis encode -q -m m --ids --eod none in >ids'
try 'tamis decode -m m <ids | cmp in -'
try 'tamis decode -m m --raw ids | od -c | sed -n 1,4p'
try tamis encode -q -m m -o s in
try 'tamis cat --all -m m --plain s >raw'
tamis decode -m m --raw ids | cmp raw -
# The only exception is U+2581, which becomes a space.
echo '{"text":"a\u2581b"}' | tamis encode -q -m m --ids | try tamis decode -m m
