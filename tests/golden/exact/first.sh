# The first of several equal decoded texts is kept; other fields do not matter.
cat >in <<'EOF'
{"text":"a","n":1}
{"text":"b","n":2}
{"text":"a","n":3}
{"text":"\u0061","n":4}
{"text":"a ","n":5}
{"text":"","n":6}
{"text":"","n":7}
{"text":"é","n":8}
{"text":"e\u0301","n":9}
EOF
try tamis exact -r rejects in
try cat rejects
try tamis exact -q --tag in
try tamis exact -q in in
