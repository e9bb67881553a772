# Line ends become \n; at most one empty line; none at the start or the end.
cat >in <<'EOF'
{"text":"a\r\nb\rc\nd\fe\u000bf\u0085g\u2028h\u2029i"}
{"text":"\n\n a\n\n\n\nb \t\n \n\t\nc\n\n"}
{"text":"a\r\r\n\nb"}
{"text":"one line"}
EOF
try tamis norm in
