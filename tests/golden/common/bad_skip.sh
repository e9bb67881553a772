# --on-bad=skip continues, warns, and writes bad records to --rejects, with mode 0600.
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
# tamis reads the rejects, which may be compressed.
try 'tamis length -q --on-bad=skip -r rejects.zst in >/dev/null'
zstd -dcq rejects.zst | cmp - rejects.jsonl
try stat -c %a rejects.zst
try tamis length -q --text record rejects.jsonl
