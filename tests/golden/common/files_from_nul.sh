# --files-from reads names separated by NULs, as find -print0 writes them.
for i in 1 2 'a b' $'c\nd'; do echo "{\"text\":\"${i%$'\n'*}\"}" >"$i"; done
try "printf '2\0a b\0' | tamis length -q --files-from -"
try "printf '2\0\0a b\0c\nd' | tamis length -q --files-from - 1"
try "printf 'a b\0absent\0' | tamis length -q --files-from -"
