# --newline determines how the model sees line endings.
python3 "$(dirname "$0")/../fasttext_model.py" good=2,0 bad=0,2 goodbad=4,0 '</s>=0,0' -- \
	hq=1,0 cc=0,1 >hq.bin
cat >in <<'EOF'
{"text":"good\nbad"}
{"text":"\n\ngood\n\n"}
{"text":"good\r\nbad"}
{"text":"\n"}
{"text":"good"}
EOF
for n in space glue first; do
	try tamis classify -q -m hq.bin --newline $n in
done
