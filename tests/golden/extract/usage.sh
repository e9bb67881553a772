# extract reports wrong options and unreadable inputs.
echo a >a
try tamis extract --as pdf a
try tamis extract --engine magic a
try tamis extract --max-doc 2Gi a
try tamis extract --max-doc 3 a
try tamis extract absent
try tamis extract -q .
try tamis extract -o a a
try cat a
