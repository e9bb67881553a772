# --split writes one file per language with its report, and overwrites none.
printf '{"id":%s}\n' '1,"text":"Die Würde des Menschen ist unantastbar."' '2,"text":"The dignity of man shall be inviolable."' \
	'3,"text":"12"' '4,"text":"Alle Menschen sind vor dem Gesetz gleich."' >in
try tamis langid --split out -r rejects --report report in
try ls out
try cat out/*.jsonl
try sed 's/.*"output"/output/' out/de.jsonl.report.json
try grep -c '"output"' report
# The next filter finds the report of the file.
tamis length -q --report next out/de.jsonl >/dev/null
try grep -o '"command":"langid"' next
try tamis langid -q --split out in
cp out/de.jsonl plain
try tamis langid -q --split out --force -z in
try ls out
tamis length -q out/de.jsonl.zst | cmp - plain
try tamis langid -q --split absent/out in
# In a chain, and without documents.
try tamis chain -q norm : langid --split chained : norm in
try tamis chain -q norm : langid --split chained in
try cat chained/de.jsonl
try tamis langid -q --split none </dev/null
ls none
