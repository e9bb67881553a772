# The text may be in the member that --tag and --rejects write to: that is refused, no crash.
echo '{"drop":"a"}' >in
try tamis length -q --text drop in
try tamis length -q --text drop --tag -m 5 in
try tamis length -q --text drop -r rejects -m 5 in
