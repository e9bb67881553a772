# Documents that share at least 0.8 of their shingles with a kept one are dropped.
try tamis near -r rejects in
try cat rejects
# In any order, and from several files, the same documents are kept.
tamis near -q in | sort >want
try 'tac in | tamis near -q | sort | cmp want -'
head -n 4 in >a && tail -n +5 in | zstd -q >b.zst
try 'tamis near -q a b.zst | cmp <(tamis near -q in) -'
try 'tamis near -q b.zst a | sort | cmp want -'
# In any memory, too, and nothing remains of the temporary files.
try 'tamis near -q --memory 1Mi --tmp . in | cmp <(tamis near -q in) -'
try ls
# Running it again drops nothing.
try 'tamis near -q in | tamis near >/dev/null'
