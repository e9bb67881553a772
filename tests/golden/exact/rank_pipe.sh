# A pipe with a name can be read once only, as standard input: --rank keeps a copy of it, too.
printf '{"text":"a","q":1}\n{"text":"a","q":2}\n' >in
mkfifo fifo
cat in >fifo &
try timeout 5 tamis exact -q --rank q fifo
# shellcheck disable=SC2002
cat in | try timeout 5 tamis exact -q --rank q /dev/stdin
# shellcheck disable=SC2002
cat in | try timeout 5 tamis exact -q --rank q in - in
