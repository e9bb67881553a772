# A record longer than --max-doc is bad data, in every code path.
long=$(printf '%02000d' 0)
printf '{"text":"one"}\n{"text":"%s"}\n{"text":"two"}\n' "$long" >in
try tamis length -q --max-doc 1Ki in
try tamis length -q --max-doc 1Ki --on-bad=repair in
try tamis length -q --max-doc 1Ki --on-bad=skip -r rejects in
try cut -c 1-120 rejects
# Longer than a block, so never in memory: first, last, without a newline.
awk 'BEGIN { s = sprintf("%1000s", ""); for (i = 0; i < 3000; i++) printf "%s", s }' >blob
{ echo '{"text":"one"}'; cat blob; echo; echo '{"text":"two"}'; cat blob; } >in
try tamis length -q --max-doc 1Ki in
try tamis length -q --max-doc 1Ki --on-bad=repair in
try tamis length -q --max-doc 1Ki --on-bad=skip -r rejects in
try cat rejects
# Exactly at the limit, and one byte more.
echo '{"text":"123456789"}' >in
try tamis length -q --max-doc 20 in
try tamis length -q --max-doc 19 in
