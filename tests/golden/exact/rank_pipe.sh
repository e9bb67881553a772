# --rank spools a named pipe like standard input, since both can be read only once.
printf '{"text":"a","q":1}\n{"text":"a","q":2}\n' >in
mkfifo fifo
cat in >fifo &
try timeout 600 tamis exact -q --rank q fifo
# shellcheck disable=SC2002
cat in | try timeout 600 tamis exact -q --rank q /dev/stdin
# shellcheck disable=SC2002
cat in | try timeout 600 tamis exact -q --rank q in - in
