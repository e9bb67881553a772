# The summary: counts, then rules by hits; -q prints only warnings; -v adds details.
printf '{"text":"a"}\n{"text":"abc"}\nbad\n{"text":"abcdef"}\n{"text":""}\n' >in
try tamis length --on-bad=skip -m 2 -M 5 in
try tamis length --on-bad=skip -m 2 -M 5 -q in
try "tamis length --on-bad=skip -q -v in 2>&1 | sed 's/[0-9.]* MB in [0-9.]* s/N MB in N s/'"
printf '{"text":" a\\u00a0b\\r\\nc "}\n' | try tamis norm
