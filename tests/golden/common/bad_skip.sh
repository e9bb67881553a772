# --on-bad=skip goes on, keeps bad records in --rejects (for the owner alone), warns.
cat >in <<'EOF'
{"text":"one"}
nonsense
{"text":"two"}
{"text":"\ud800"}
{"no":"text"}
{"text":"","id":"short"}
{"text":"three"}
EOF
printf '{"text":"a\377\001\t\\""}\n' >>in
try tamis length --on-bad=skip -r rejects.jsonl in
try cat rejects.jsonl
try stat -c %a rejects.jsonl
try 'tamis length -q --on-bad=skip in >/dev/null'
# Rejects are read by our own tools, and may be compressed.
try 'tamis length -q --on-bad=skip -r rejects.zst in >/dev/null'
zstd -dcq rejects.zst | cmp - rejects.jsonl
try stat -c %a rejects.zst
try tamis length -q --text record rejects.jsonl
