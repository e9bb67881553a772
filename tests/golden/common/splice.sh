# Unchanged fields keep their exact bytes: numbers, spaces, escapes, order.
cat >in <<'EOF'
{"a":1.50,"text":"A\u0301 \/ \u00e9","big":12345678901234567890123,"e":1E+400}
{ "z" : [ 1 , { "y" : null } ] ,	"text" : "plain" , "\u0061" : true }
EOF
tamis length -q in | cmp - in
# An edit changes one value and appends others.
try tamis norm -q in
try tamis length -q --tag -m 9 in
# Nested fields with the name of the text stay.
echo '{"x":{"text":" a "},"text":" a "}' | try tamis norm -q
