# Forms of options: joined, separate, after operands, "--", "-" for standard input.
echo '{"text":"abc"}' >in
cp in ./-q
try tamis length in -q
try tamis length -qm 2 in
try tamis length -qm2 in
try tamis length -q -m=2 in
try tamis length --min 2 --quiet in
try tamis length --min=2 --quiet -- in
try tamis length -q -- -q
try tamis length -q in - <./-q
try tamis length -m 1K -m 2 in
try tamis length -j 2 -j1 -q in
try tamis length -qm
