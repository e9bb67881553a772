# A text of which nothing is left is dropped; one that was empty all along is not touched.
cat >in <<'EOF'
{"text":" \n\u00a0\u0001 "}
{"text":""}
{"text":"a"}
EOF
try tamis norm -r rejects in
try cat rejects
try tamis norm --tag in
