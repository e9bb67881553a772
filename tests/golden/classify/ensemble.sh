# Several models write a score and a bin each, and the highest bin.
model=$(dirname "$0")/../fasttext_model.py
python3 "$model" a=0,0 b=1,0 c=2,0 d=3,0 -- hq=1,0 cc=0,1 >one.bin
python3 "$model" -l 1 a=3,0 b=0,0 c=2,0 d=0,2 -- x=1,0 y=0,1 z=0,-1 >two.bin
printf '{"text":"%s"}\n' a b c d 'a b' 'c d' >in
try tamis classify -m one.bin -a edu -m two.bin -l hq -l x=1,y=3 -a two --bins 3 \
	--best bin --min-bin 1 --save-edges e.json in
try cat e.json
try tamis classify -q -m two.bin -a two -l x=1,y=3 --edges e.json in
try tamis classify -q -m one.bin -m two.bin -a 1 -a 2 -l hq -l z in
