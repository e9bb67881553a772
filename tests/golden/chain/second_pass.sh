# A filter that decides after the last document ends a chain; earlier stages write a spool.
cat >in <<'END'
{"text":"aa","q":1,"n":1}
{"text":"a","q":9,"n":2}
{"text":"bb","q":2,"n":3}
{"text":"aa","q":3,"n":4}
{"n":5}
{"text":"cc","n":6}
{"text":"bb","q":1,"lang":"en","n":7}
END
try tamis chain --on-bad=skip -r rejects -o out length --min 2 : exact --rank q in
try cat out rejects
try 'sed "s/.*/&/" in | tamis chain -q --on-bad=skip length --min 2 : exact --rank q'
# --tag and --where belong to one stage: only English documents compete.
try tamis chain -q --on-bad=skip length --min 2 --tag : exact --rank q --tag --where lang=en in
# A document without an id keeps the name of its file and line.
echo '{"text":"dd","q":"x"}' >bad
try tamis chain -q length --min 1 : exact --rank q bad
try tamis chain -q --tmp absent length : exact --rank q bad
# The spool leaves nothing.
try ls
try 'ls "$TMPDIR"'
