# --newlines learns pieces with newlines, and symbols may contain them.
awk 'BEGIN { for (i = 0; i < 30; i++) print "{\"text\":\"def f" i "(x):\\n    if x:\\n\\n        return {\\n\\ta: 1 };\\n\"}" }' >in
printf '%s\n' '{"text":"def f(x):\n    if x:\n\n        return {\n\ta: 1 };\n"}' >one
try tamis vocab -o m --size 320 --newlines in
try tamis encode -q -m m --pieces one
try 'tamis encode -q -m m --ids in | tamis decode -m m | cmp - in'
try tamis vocab -q -o lines --size 320 in
try tamis encode -q -m lines --pieces one
try tamis vocab -q -o s --size 320 --user-symbols '\n,\n\n,\t,\n    ' in
try tamis encode -q -m s --pieces one
try 'tamis encode -q -m s --ids in | tamis decode -m s | cmp - in'
# Escapes.
try tamis vocab -q -o e --size 320 --user-symbols 'a\,b,\\,\r' in
printf '%s\n' '{"text":"a,b\\n\r"}' | try tamis encode -q -m e --pieces
for list in a\\ 'a\q' 'a\,\x,b' '\n,\n'; do try tamis vocab -o m2 --size 320 --user-symbols "$list" in; done
try tamis vocab -o m2 --size 320 --control-symbols '\n' in
# A document longer than a line of the trainer is cut after a newline.
awk 'BEGIN { printf "{\"text\":\""; for (i = 0; i < 1500; i++) printf "line %d\\n", i; print "\"}" }' >long
try tamis vocab -o l --size 320 --newlines long
try 'tamis encode -q -m l --pieces long | grep -o "\\\\n" | wc -l'
