# The score is the probability of the label, as in libfasttext.
model=$(dirname "$0")/../fasttext_model.py
python3 "$model" good=2,0 bad=0,2 '</s>=0,0' -- __label__hq=1,0 __label__cc=0,1 >hq.bin
cat >in <<'EOF'
{"text":"good"}
{"text":"bad good"}
{"text":"bad\nbad","n":1.50}
{"text":""}
{"text":"words it does not know"}
{"text":"good </s> bad bad bad"}
{"text":"good __label__cc __label__zz"}
EOF
try tamis classify -m hq.bin in
try tamis classify -q -m hq.bin --label cc --as p_cc in
try tamis classify -q -m hq.bin -l __label__cc=2,hq=-0.5 -a sum in
# An existing field is overwritten.
echo '{"text":"good","score":"old","z":1}' | try tamis classify -q -m hq.bin
# Without "</s>" in the dictionary a text may have no features.
python3 "$model" good=2,0 -- __label__hq=1,0 __label__cc=0,1 >no_end.bin
try tamis classify -m no_end.bin in
