# Truncated, foreign and missing models, word vectors, and NaN weights are refused.
model=$(dirname "$0")/../fasttext_model.py
python3 "$model" good=2,0 '</s>=0,0' -- hq=1,0 cc=0,1 >hq.bin
echo '{"text":"good"}' >in
head -c 150 hq.bin >cut.bin
try tamis classify -m cut.bin in
try tamis classify -m in in
: >empty
try tamis classify -m empty in
try tamis classify -m absent.bin in
try tamis classify -m . in
python3 "$model" -m 1 good=2,0 -- good=1,0 >cbow.bin
try tamis classify -m cbow.bin in
python3 "$model" -m 2 good=2,0 -- good=1,0 >skipgram.bin
try tamis classify -m skipgram.bin in
python3 "$model" good=nan,0 fine=1,0 -- hq=1,0 cc=0,1 >nan.bin
printf '{"text":"%s"}\n' fine good fine >in
try tamis classify -m nan.bin in
try tamis classify --top 1 -m nan.bin in
try tamis classify -m nan.bin --on-bad=skip -r rejects in
try cat rejects
try tamis classify -m nan.bin --on-bad=skip --bins 2 in
echo '{"score":[0.5,0.4]}' >descending
echo '{"score":[0.5,"x"]}' >string
echo '{"score":[]}' >none
echo '{"score":0.5}' >number
echo '{"other":[0.5]}' >other
for edges in descending string none number other in absent; do
	try tamis classify -m hq.bin --edges $edges in
done
