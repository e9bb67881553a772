# --id and --text name fields; other fields of any type pass through.
printf '{"text":"a","id":1}\n{"text":"b","id":null}\n{"text":"c","id":"x"}\n{"text":"d","id":"x"}\n' >in
tamis length -q in | cmp - in
tamis length -q --id key in | cmp - in
try tamis length -q --text id in
note 'an integer stands for its digits, any other value for no id'
seq 2000 | sed 's/.*/{"text":"number &"}/' >many
tamis vocab -q --size 280 -o m many
printf '{"text":"%s","id":%s}\n' a 12 b -3 c 1.5 d '"x"' e null f true >in
tamis encode -q -m m -o en in
try "tamis cat --all en | grep '^##'"
