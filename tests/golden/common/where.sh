# --where NAME=V,...: other documents pass unchanged; bad ones are still bad.
cat >in <<'EOF'
{"text":" en ","lang":"en"}
{"text":" de ","lang":"de"}
{"text":" fr ","lang":"fr"}
{"text":" none "}
{"text":" number ","lang":1}
{"text":" esc ","lang":"\u0065n"}
EOF
try tamis norm --where lang=en,de in
try tamis norm -q --where lang= in
try tamis exact -q --where lang=none in
try tamis norm -q --where 'text= none ' in
echo x | try tamis norm -q --where lang=en
try tamis norm --where lang in
try tamis norm --where =en in
