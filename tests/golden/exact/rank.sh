# --rank keeps the copy with the largest number, in its place; of equals the first.
cat >in <<'EOF'
{"text":"a","q":1,"n":1}
{"text":"b","q":0.5,"n":2}
{"text":"a","q":3,"n":3}
{"text":"a","q":3.0,"n":4}
{"text":"b","q":-1,"n":5}
{"text":"c","q":-2.50,"n":6}
EOF
try tamis exact --rank q in
try tamis exact -R q -q <in
try tamis exact -q --rank q --tag in
cp in copy && try tamis exact -q --rank q --tmp . -r rejects -o out <copy
try cat out rejects
# The spool of standard input is removed.
rm copy
try ls
[ -z "$(ls "$TMPDIR")" ]
