# Documents before the first bad one reach a pipe, later ones do not; a file is not written.
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
