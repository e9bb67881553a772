# vocab trains as many pieces as the text gives, and rejects sizes that cannot be.
echo '{"text":"the mill and the sieve"}' >in
try tamis vocab -o m --size 5000 in
try tamis vocab -o m in
try tamis vocab -q -o exact --size 302 in
try cmp m exact
try tamis vocab -q -o u --type unigram --size 5000 in
for n in 0 260 16777217 many -1 1e3; do try tamis vocab -o m --size $n in; done
try tamis vocab -o m2 --size 261 in
echo '{"text":"abc abc"}' | try tamis vocab -q -o least --size 264
echo '{"text":""}' >none
try tamis vocab -o m2 --size 280 none
try tamis vocab -o m2 --size 280 </dev/null
printf '%s\n' '{"text":"\n"}' | try tamis vocab -o m2 --size 280
try ls
