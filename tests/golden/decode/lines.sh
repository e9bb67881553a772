# decode reads decimal ids separated by blanks; an empty line is an empty document.
echo '{"text":"the mill and the sieve"}' >t
tamis vocab -q --size 280 -o m t
printf '261 266\n\n 261\t\t266 \r\n0261 2\n261 1 3 266' >ids
try tamis decode -m m ids
try 'tamis decode -m m ids ids | wc -l'
gzip -n <ids | try 'tamis decode -m m | wc -l'
try tamis decode -m m -o out.zst ids
try 'zstd -dcq out.zst | tail -n 1'
try tamis decode -m m </dev/null
# Byte pieces join; bytes that are not UTF-8 become U+FFFD. id 0 has the surface of an unknown.
printf '199 173\n199\n173 199 261\n0\n' | try tamis decode -m m
printf '199\n' | try 'tamis decode -m m --raw | od -c'
