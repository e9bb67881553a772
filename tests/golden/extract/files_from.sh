# --files-from: the listed paths become the ids.
mkdir -p src/lib
echo 'int a;' >src/a.c
echo 'int b;' >'src/lib/b c.c'
printf '\0' >src/lib/o.o
find src -type f | sort | try tamis extract --files-from - --source tree
echo absent >list
try tamis extract -q --files-from list src/a.c
# An id is the path as given, line ends and all.
name=$(printf 'a\tb\nc')
echo text >"$name"
try tamis extract -q "$name"
printf '%s\0' "$name" src/a.c >list
try tamis extract -q --files-from list
