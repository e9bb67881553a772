# vocab rejects sizes that the text or the format cannot support, and names one that works.
echo '{"text":"the mill and the sieve"}' >in
try tamis vocab -o m --size 5000 in
try tamis vocab -o m in
most=$(tamis vocab -o m in 2>&1 | sed 's/.*--size //')
try tamis vocab -q -o m --size "$most" in
for n in 0 260 16777217 many -1 1e3; do try tamis vocab -o m --size $n in; done
try tamis vocab -o m2 --size 261 in
echo '{"text":""}' >none
try tamis vocab -o m2 --size 280 none
try tamis vocab -o m2 --size 280 </dev/null
try ls
