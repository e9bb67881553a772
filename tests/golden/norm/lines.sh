# Line endings become \n; at most one empty line in a row, none at the start or end.
cat >in <<'EOF'
{"text":"a\r\nb\rc\nd\fe\u000bf\u0085g\u2028h\u2029i"}
{"text":"\n\n a\n\n\n\nb \t\n \n\t\nc\n\n"}
{"text":"a\r\r\n\nb"}
{"text":"one line"}
EOF
try tamis norm in
