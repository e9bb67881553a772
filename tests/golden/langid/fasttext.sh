# -m takes a fastText model: its labels with their scripts, and its probabilities.
model=$(dirname "$0")/../fasttext_model.py
python3 "$model" good=4,0,0 gut=0,4,0 bon=0,0,4 -- __label__eng_Latn=1,0,0 __label__deu_Latn=0,1,0 __label__fr=0,0,1 >m.bin
printf '{"text":"%s"}\n' good gut bon 'good gut' 'good\ngood' other '' >in
try tamis langid -m m.bin in
try tamis langid -q -m m.bin --min-p 0 in
try tamis langid -q -m m.bin --allow de,fr --report report in
try grep -o '"langid model":"[0-9a-f]*"' report
printf 'en 0.99\n' >t
try tamis langid -q -m m.bin --thresholds t --keep de in
try tamis langid -q -m m.bin --scan 4 in
try tamis langid -m m.bin --spans in
try tamis langid -m m.bin --allow xx in
printf '{"lang":"%s","text":"%s"}\n' en good de good | try tamis langid-eval -q -m m.bin
head -c 40 m.bin >cut.bin
try tamis langid -m cut.bin in
python3 "$model" good=nan,0 bad=0,2 -- __label__en=1,0 __label__de=0,1 >nan.bin
try tamis langid -q -m nan.bin in
python3 "$model" good=1,0 bad=0,2 -- __label__a-name-that-is-much-too-long-to-be-that-of-any-language-in-the-world=1,0 __label__de=0,1 >long.bin
try tamis langid -q -m long.bin in
