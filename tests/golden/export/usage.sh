# Wrong options and operands.
try tamis export a
try tamis export --to olmo a
try tamis export --to npy -o x a
try tamis export --to olmo -o x
try tamis export --to olmo -o dir/ a
try tamis export --to olmo -o - a
try tamis export --to olmo --tokens 0 -o x a
