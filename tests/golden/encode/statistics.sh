# Reports count documents, bytes, tokens and byte tokens by language and by source, and unused ids.
SP=$(dirname "$0")/../sp_model.py
python3 "$SP" >plain
python3 "$SP" --no-space >bytes
cat >in <<'JSON'
{"text":"ab ba","lang":"en","source":"web"}
{"text":"ab","lang":"de-AT","source":"books"}
{"text":"é","lang":"de","source":"web"}
{"text":"","lang":"fr","source":"none"}
{"text":"a","source":"a\"b"}
JSON
statistics() {
	grep -o '"statistics":.*"sources":[^]]*.}' "$1" | sed 's/{"name"/\n&/g'
}
for model in plain bytes; do
	try tamis encode -m $model -o $model.s in
	try statistics $model.s.report.json
done
# More names than the report lists; a name that is too long.
awk 'BEGIN { for (i = 0; i < 300; i++) printf "{\"text\":\"ab\",\"source\":\"s%d\"}\n", i % 150 }' >many
awk 'BEGIN { printf "{\"text\":\"a\",\"source\":\""; for (i = 0; i < 65; i++) printf "x"; print "\"}" }' >>many
try 'tamis encode -m plain -o many.s many'
statistics many.s.report.json >list
try 'grep -c s1 list; tail -n 3 list'
# Bad documents do not count.
try 'tamis encode -q -m plain --number n --on-bad=skip --report r -o bad.s in && cat r | grep -o "statistics.*"'
