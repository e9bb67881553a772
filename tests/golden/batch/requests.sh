# A request has the messages as they are; ids are the document's own, or by content.
{
	echo '{"id":"q1","messages":[{"role":"system","content":"S"},{"content":"\u0051","role":"user"}],"topic":"t"}'
	echo '{"id":17,"text":"only a text"}'
	echo '{"messages":[{"role":"user","content":"no id"}]}'
	echo '{"messages":[ {"content":"other \u0066orm","role":"user"} ]}'
} >in
try tamis batch in
try tamis batch -q --model m --url /v1/x --body '{"temperature": 0.50,"stop":["\n"]}' -n 4 in
try "tamis batch -q --ids content in | cut -c 1-36"
echo '{"messages":[{"role":"user","content":"other form"}]}' >form
try "tamis batch -q form | cut -c 1-36"
try 'tamis batch -q <in | wc -l'
try 'tamis batch -q -o r.jsonl.gz in && gzip -dc r.jsonl.gz | wc -l && ls'
