# cat -m rejects a model that did not encode the shard, and prints both hashes.
docs en 1 20 | tamis encode -q -m m -o en
printf 'tamis-plan 1\nseq 16\nphase p 320\ngroup g 1\nsource en en in=g\n' >p
tamis mix -q -p p -o run
docs de 1 30 >t2
tamis vocab -q --size 290 -o other t2
hide() { sed "s/$(sha256sum <other | cut -c 1-64)/OTHER/; s/$(sha256sum <m | cut -c 1-64)/RIGHT/"; }
try 'tamis cat -m other en 2>&1 | hide'
try 'tamis cat -m other --all run 2>&1 | hide'
try tamis cat -m m -n 1 en
# A model under another name is the same model.
cp m copy
try tamis cat -m copy --plain -n 1 en
