# The progress line shows the training, too; -q and --progress=never hide it.
echo '{"text":"the mill and the sieve"}' >in
try 'tamis vocab -q --progress=always --size 280 -o m in 2>&1 | tr "\r" "\n" | grep -o -m 1 "vocab: training"'
try tamis vocab -q --size 280 -o again in
cmp m again
try tamis vocab -q --progress=never --size 280 -o again in
