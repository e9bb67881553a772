# Two outputs under one name are an error before anything is written.
echo '{"text":"a"}' >in
try tamis length -q -o out -r out in
try tamis length -q -o out --report out in
try tamis length -q -r out --report out in
try tamis length -q -r - in
try ls
