# --tag adds to what other filters and runs tagged: q is merged, drop keeps other rules.
cat >in <<'END'
{"text":"short"}
{"text":"short","q":{"mine":1,"gopher.words":9},"drop":[ {"rule":"a.b","value":"]},"} , {"rule":"length.min","value":0} ]}
{"text":"short","q":null,"drop":null}
{"text":"short","q":{},"drop":[]}
END
try tamis chain -q length --min 9 --tag : length --max 2 --tag : quality -R c4-para --tag in
tamis chain -q length --min 9 --tag : quality -R gopher --tag : quality -R c4 --tag in >one
tamis length -q --min 9 --tag in | tamis quality -q -R gopher --tag | tamis quality -q -R c4 --tag >piped
cmp one piped
try "sed 's/.*\"q\"/\"q\"/' one"
note 'a field of the same name and another meaning is kept'
printf '{"text":"short","q":"What is it?"}\n{"text":"short","q":null}\n' >mine
try tamis quality -q -R c4 --tag mine
try tamis quality -q -R c4 mine
try tamis quality -q -R c4 --tag --on-bad=skip mine
printf '{"text":"short","drop":0.5}\n{"text":"long enough","drop":0.5}\n' >mine
try tamis length -q --min 9 --tag mine
try tamis length -q --min 9 mine
