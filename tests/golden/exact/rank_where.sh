# Documents outside --where are neither compared nor dropped, in either pass.
cat >in <<'EOF'
{"text":"a","q":1,"lang":"en"}
{"text":"a","lang":"de"}
{"text":"a","q":2,"lang":"en"}
{"text":"a","lang":"de"}
EOF
try tamis exact -q --where lang=en in
try tamis exact -q --where lang=en --rank q in
