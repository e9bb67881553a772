# Headers mask the controls of ids, URLs and sources, also those beyond ASCII.
printf '{"id":"a\\u202eb\\u0085c\\u001b[2Jd\\n\\u00e9","url":"http://a.example/\\u2066x","text":"the mill"}\n' >in
tamis encode -q -m m --source "$(printf 's\033\302\205')" -o en in
try tamis cat --all en
try 'tamis info en | tail -n 1'
