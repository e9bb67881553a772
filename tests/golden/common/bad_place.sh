# Messages name file and line: blank lines count, each file starts at 1, also in late blocks.
printf '{"text":"a"}\n\n  \n{"text":1}\n' >a.jsonl
echo '{"text":"ok"}' >b.jsonl
echo '{"text":' >c.jsonl
try tamis length -q a.jsonl
try tamis length -q b.jsonl b.jsonl c.jsonl
try tamis length -q b.jsonl - <c.jsonl
try tamis length -q <c.jsonl
gzip -c a.jsonl >a.gz
try tamis length -q a.gz
# In the third block of a megabyte, followed by more bad records.
awk 'BEGIN { for (i = 1; i <= 60000; i++)
	if (i == 50001 || i > 50100) print "x"
	else printf "{\"text\":\"%050d\"}\n", i }' >long
try 'tamis length -q long >out'
try 'wc -l <out'
try tail -n 1 out
