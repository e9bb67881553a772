# Documents before the first bad one reach a pipe, none behind it does; a file is not made.
cat >in <<'EOF'
{"text":"one"}
{"text":"two"}
bad
{"text":"three"}
bad too
EOF
try tamis length -q in
try tamis length -q -o out in
try tamis length -q -o out.zst --report report -r rejects in
try ls
