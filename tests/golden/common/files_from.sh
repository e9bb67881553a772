# --files-from lists inputs, one per line, after the operands; blank lines are skipped.
for i in 1 2 3; do echo "{\"text\":\"$i\"}" >"$i"; done
printf '2\n\n3' >list
try tamis length -q --files-from list 1
try tamis length -q --files-from=list
printf '1\n2\n' | try tamis length -q --files-from -
printf '1\nabsent\n' >list
try tamis length -q --files-from list
try tamis length -q --files-from absent
gzip -c list >list.gz
try tamis length -q --files-from list.gz
