# --report: options that change bytes, counts, hashes; no path, clock, host or thread count.
mkdir sub
printf '{"text":" a "}\n{"text":"b"}\n{"text":" "}\n' >sub/in.jsonl
versions() { sed 's/"tamis":"[^"]*"/"tamis":"*"/g; s/"libraries":{[^}]*}/"libraries":"*"/g' "$@"; }
try tamis norm -q --report r1 sub/in.jsonl
try versions r1
tamis norm -q -j 3 --report=r2 -o out.jsonl "$PWD/sub/in.jsonl"
cmp r1 r2
cmp r1 out.jsonl.report.json
tamis norm -q -z -r rej --report r3 --tmp . -v --progress=never sub/in.jsonl 2>/dev/null >/dev/null
cmp r1 r3
tamis length -q -m 2 -M 1Ki -s 7 --report r4 --on-bad skip --where lang=en --tag - <sub/in.jsonl >/dev/null
try versions r4
# Compressed input is described decompressed.
gzip -c sub/in.jsonl >in.jsonl
tamis norm -q --report r5 in.jsonl >/dev/null
cmp r1 r5
# Bad records and rules are counted.
printf '{"text":"a"}\nbad\n{"text":""}\n' >in
try tamis length -q --report r6 --on-bad=skip -m 0 -M 0 in
try versions r6
