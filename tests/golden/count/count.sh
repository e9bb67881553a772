# Documents, bytes, characters and lines, in total and by the values of fields.
cat >in <<'END'
{"text":"é\nb","lang":"fr","n":1}
{"text":"","lang":"en"}
{"text":"abc","lang":"en","n":1.0}
{"text":"de","lang":null,"n":[1,2]}
{"text":"x","n":"a\u0007b"}
END
try tamis count in
try tamis count -q -b lang -b n in
try tamis count -q -b lang -n 1 in
try tamis count -q -J -b lang in
try tamis count -q --where lang=en -b n in
try tamis chain -q length : count -b lang in
try tamis count -q /dev/null
try tamis count -q -J /dev/null
