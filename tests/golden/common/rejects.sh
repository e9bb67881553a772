# --rejects contains the dropped documents, with rule, value and threshold.
cat >in <<'EOF'
{"text":"a","n":1.50}
{"text":"ab"}
{ "text" : "abcdefghij" , "id" : "x" }
EOF
try tamis length -m 2 -M 9 -r rejects in
try cat rejects
try stat -c %a rejects
try 'tamis length -q -m 0 -r none in >/dev/null'
try 'wc -c <none'
# A private file replaces a public one.
chmod 644 none
try 'tamis length -q -m 2 -r none in >/dev/null'
try stat -c %a none
