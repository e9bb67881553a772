# --min drops what has a lower score; with --tag it is only marked.
python3 "$(dirname "$0")/../fasttext_model.py" good=2,0 bad=0,2 '</s>=0,0' -- \
	hq=1,0 cc=0,1 >hq.bin
cat >in <<'EOF'
{"text":"good"}
{"text":"bad"}
{"text":""}
EOF
try tamis classify -m hq.bin --min 0.50001 -r rejects in
try cat rejects
try tamis classify -q -m hq.bin --min 0.51 --tag in
# The bound itself passes: 0.50001 is above one half, which fastText's 0.00001 is added to.
try tamis classify -q -m hq.bin --min 0.5 in
