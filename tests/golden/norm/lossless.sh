# --lossless removes control characters and keeps everything else.
cat >in <<'EOF'
{"text":"if (x) {\r\n\treturn \u00a0;  \n\n\n\n}\n"}
{"text":"e\u0301\u0001\u00ad\ufeff"}
{"text":"  \n"}
EOF
try tamis norm --lossless in
