# A document without any text left is dropped, with its original text in the rejects.
cat >in <<'EOF'
{"text":" \n\u00a0\u0001 "}
{"text":""}
{"text":"a"}
EOF
try tamis norm -r rejects in
try cat rejects
try tamis norm --tag in
