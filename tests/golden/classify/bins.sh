# Bins hold equal bytes; an overfull bin leaves others empty; saved edges can be reused.
model=$(dirname "$0")/../fasttext_model.py
python3 "$model" a=0,0 b=1,0 c=2,0 d=3,0 -- hq=1,0 cc=0,1 >hq.bin
cat >in <<'EOF'
{"text":"a"}
{"text":"d d"}
{"text":"b"}
{"text":"c c c"}
{"text":"b b"}
{"text":""}
{"text":"d"}
EOF
try tamis classify -m hq.bin --bins 4 --save-edges edges.json -o out in
try cat out edges.json
# Standard input is spooled for the second pass.
tamis classify -q -m hq.bin --bins 4 <in | cmp out -
tamis classify -q -m hq.bin --edges edges.json in | cmp out -
try tamis classify -q -m hq.bin --edges edges.json --min-bin 3 -r rejects in
try cat rejects
try tamis classify -q -m hq.bin --bins 2 --min-bin 1 --tag in
# Documents outside --where do not count.
sed 's/}$/,"lang":"en"}/' in | sed '2s/en/de/' >langs
try tamis classify -q -m hq.bin --bins 2 --where lang=en langs
# Empty input.
: >empty
try tamis classify -q -m hq.bin --bins 4 empty
try tamis classify -q -m hq.bin --bins 4 --save-edges e empty
echo '{"text":""}' | try tamis classify -q -m hq.bin --bins 4
