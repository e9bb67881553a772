# --id and --text name fields; other fields of any type pass through.
printf '{"text":"a","id":1}\n{"text":"b","id":null}\n{"text":"c","id":"x"}\n{"text":"d","id":"x"}\n' >in
tamis length -q in | cmp - in
tamis length -q --id key in | cmp - in
try tamis length -q --text id in
