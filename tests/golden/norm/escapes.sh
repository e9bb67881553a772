# A changed text is written with minimal escapes; an unchanged one keeps its bytes.
cat >in <<'EOF'
{"text":"\u0041\/\u00e9"}
{"text":"\u0041\/\u00e9 \"\\ \t "}
{"text":"a\u2028\ud83d\ude00"}
EOF
try tamis norm -q in
