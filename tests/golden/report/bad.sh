# A file that is not a shard, a report or a file of rejects is named.
try tamis report
try tamis report absent
try tamis report run run
printf '{"id":"a"}\n' >plain.jsonl
try tamis report plain.jsonl
printf '{"id":"a","drop":[]}\n{"id":\n' >broken.jsonl
try tamis report broken.jsonl
printf '{"tamis":"0.1.0"}\n' >no-command.json
try tamis report no-command.json
printf '{"tamis":"0.1.0","command":"x","rules":[3]}\n' >rules.json
try tamis report rules.json
: >empty
try 'tamis report empty | tail -n 1'
cp en.sdx d.sdx && cp en.bin d.bin && cp en.idx d.idx
printf x | dd of=d.sdx bs=1 seek=200 conv=notrunc status=none
try tamis report -o x.html d
try tamis report -o en.bin en
try ls x.html
