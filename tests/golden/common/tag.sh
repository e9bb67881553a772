# --tag keeps every document and lists the rules it broke in field "drop".
cat >in <<'EOF'
{"text":"long enough"}
{"text":"short"}
{"text":"short","drop":null}
EOF
try tamis length --tag -m 6 in
try tamis length --tag -M 4 -m 0 in
try tamis exact --tag -r rejects in
cat rejects
