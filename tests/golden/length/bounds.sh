# Bounds are in bytes of UTF-8, both inclusive.
cat >in <<'EOF'
{"text":""}
{"text":"a"}
{"text":"é"}
{"text":"\u00e9a"}
{"text":"😀"}
{"text":"\ud83d\ude00a"}
EOF
try tamis length in
try tamis length -m 2 -M 4 in
try tamis length -m 4 -M 4 in
try tamis length -m 0 -M 0 in
