# A level is joined to -z; a separate number is an error unless it is an input file.
echo '{"text":"a"}' >in
try tamis length -q -z 19 in
try tamis length -q --compress 7 in
cp in 3
try "tamis length -q -z 3 | zstd -dc"
