# --lines and --size split the requests over files; later ones of an earlier run are removed.
prompts 7 >in
try tamis batch --lines 3 -o 'r-%.jsonl' in
try 'wc -l r-?.jsonl; ls'
try tamis batch -q --lines 4 -o 'r-%.jsonl' in
try 'wc -l r-?.jsonl'
try tamis batch -q --lines 7 -o 'r-%.jsonl' in
try 'ls; wc -c r-1.jsonl'
# Each request has 125 bytes.
try tamis batch -q --size 375 -o 'r-%.jsonl' in
try 'wc -lc r-?.jsonl'
try tamis batch --size 374 -o 'r-%.jsonl' in
try 'wc -l r-?.jsonl'
try tamis batch -q -o 'none-%.jsonl' /dev/null
try 'wc -l none-?.jsonl'
try tamis batch -q --lines 3 -o one.jsonl in
try 'ls one*'
try "tamis batch -q --lines 3 in | wc -l"
try "tamis batch -q --lines 7 in | wc -l"
try tamis batch -q --size 124 in
try tamis batch --size 124 --on-bad=skip in
prompts 50001 >in
try 'tamis batch -q in | wc -l'
try 'tamis batch -q --lines 0 in | wc -l'
