# --scope separates documents, --priority ranks them; --where cannot select them.
{
	doc a 1-44 '"lang":"en","q":1,"text2":"x"'
	doc b 1-43 '"lang":"de","q":2'
	doc c 1-42 '"lang":"en","q":3'
	doc d 1-41 '"lang":"de","q":-1'
	doc e 1-40 '"q":0'
} >in
try tamis near-oracle -q --scope lang in
printf '{"id":"%s"}\n' c b e >kept
note 'the documents of most priority are kept'
try tamis near-oracle -q --scope lang --priority q --kept kept --json in
note 'the longest documents are kept'
try tamis near-oracle -q --scope lang --kept kept in
try tamis near-oracle -q --where lang=en in
try tamis near-oracle -q --priority p in
