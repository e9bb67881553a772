# Errors of options.
for t in 0 -0.5 1.1 1.0000001 0.00999999 nan x 0.0000001; do
	try tamis near "--threshold=$t" in
done
try tamis near --bands 0 in
try tamis near --bands 1025 in
try tamis near --rows 0 in
try tamis near --bands 1024 --rows 17 in
try tamis near --best 0 in
try tamis near --measure cosine in
try tamis near --components --threshold 0.9 in
try tamis near --components --measure containment in
try tamis near --components --best 10 in
try tamis near --memory 1X in
try tamis near --tmp nowhere in
try tamis near --tmp in in
for s in '' ',' 'lang,' ',lang' 'lang,,score'; do
	try "tamis near --scope='$s' in"
done
try "tamis near --scope=$(seq -s , 65) in"
try tamis chain near : length in
