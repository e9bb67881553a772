# --text drop is an error with --tag and --rejects, which write that field.
echo '{"drop":"a"}' >in
try tamis length -q --text drop in
try tamis length -q --text drop --tag -m 5 in
try tamis length -q --text drop -r rejects -m 5 in
