# --model reads a model from a file, and names each problem of it.
echo '<p>text' >page.html
try tamis extract --engine=rules --model m page.html
try tamis extract --model absent page.html
echo text >m
try tamis extract --model m page.html
printf tamisxm1 >m
try tamis extract --model m page.html
{ printf 'tamisxm1\1\0\1\0'; head -c 20000 /dev/zero; } >m
try tamis extract --model m page.html
