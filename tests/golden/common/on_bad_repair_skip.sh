# --on-bad=repair-skip repairs what it can and skips the rest.
printf '{"text":"\\ud800"}\n{"text":null}\n{"text":"\xff"}\nbad\n{"text":"a"}\n' >in
try tamis length --on-bad=repair-skip -r rejects in
try "cut -c 1-40 rejects"
try tamis length --on-bad=repair-skip -q --max-bad 1 in
try tamis length --on-bad=repair -q in
