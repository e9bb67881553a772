# --top writes the best label, and above 1 the list of the best labels.
model=$(dirname "$0")/../fasttext_model.py
odd=$(printf 'o\337')
python3 "$model" good=2,0 bad=0,2 -- __label__en=1,0 'q"\=0,1' "$odd=0.5,0.5" >m.bin
printf '{"text":"%s"}\n' good bad 'good bad' other >in
try tamis classify --top 1 -m m.bin in
try tamis classify -q --top 2 -m m.bin --as lid in
try tamis classify -q --top 99 -m m.bin --min 0.6 in
