# Wrong options and operands.
try tamis import f
try tamis import --from npy f
try tamis import --from olmo
try tamis import --from olmo f
try tamis import --from olmo -o x f
try tamis import --from olmo -o x --vocab 0 f
try tamis import --from olmo -o x --vocab 10 --eod 10 f
try tamis import --from olmo -o x --vocab 10 --bytes 3 f
try tamis import --from olmo -o x --vocab 3 -m m f
try tamis import --from olmo -o x -m absent f
try tamis import --from olmo -o x --vocab 3 --source '' f
