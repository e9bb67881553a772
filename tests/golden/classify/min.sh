# --min drops documents that score lower; --tag only annotates them.
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
# The bound is inclusive: fastText adds 0.00001 to one half.
try tamis classify -q -m hq.bin --min 0.5 in
