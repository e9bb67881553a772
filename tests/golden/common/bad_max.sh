# --max-bad N with --on-bad=skip: N bad records pass; one more is exit 3 and no output file.
printf '{"text":"a"}\nx\ny\n{"text":"b"}\nz\n' >in
try tamis length -q --on-bad=skip --max-bad 3 in
try tamis length -q --on-bad=skip --max-bad 2 -o out in
try ls
try tamis length -q --on-bad=skip --max-bad 0 -o out in
try tamis length -q --max-bad 5 in
