# Conflicting options and unknown labels are usage errors.
model=$(dirname "$0")/../fasttext_model.py
python3 "$model" good=2,0 -- __label__a=1,0 __label__b=0,1 >ab.bin
python3 "$model" good=2 -- l1=1 l2=1 l3=1 l4=1 l5=1 l6=1 l7=1 l8=1 l9=1 l10=1 l11=1 l12=1 >many.bin
python3 "$model" good=2 -- 'a,b=1' 'a=b=1' a=1 >odd.bin
echo '{"text":"good"}' >in
try tamis classify in
try tamis classify -m ab.bin in
try tamis classify -m many.bin in
try tamis classify -m ab.bin -l c in
try tamis classify -m ab.bin -l a, in
try tamis classify -m ab.bin -l a=x in
try tamis classify -m ab.bin -l c=1 in
try tamis classify -m ab.bin -l a=1000000000000000000000000000000000000 in
try tamis classify -m ab.bin -l a -l b in
try tamis classify -m ab.bin -a a -a b in
try tamis classify -m ab.bin -m ab.bin -l a -l b in
try tamis classify -m ab.bin -m ab.bin -l a -l b -a x -a x in
try tamis classify -m ab.bin -m ab.bin -l a -l b -a x -a x_bin in
try tamis classify -m ab.bin -m ab.bin -l a -l b -a x -a y --min 0.5 in
try tamis classify -m ab.bin -m ab.bin -l a -l b -a x -a y --pareto 3 in
try tamis classify -m ab.bin -l a -a text in
try tamis classify -m ab.bin -l a -a '' in
try tamis classify -m ab.bin -l a --top 1 in
try tamis classify -m ab.bin --top 1 --bins 2 in
try tamis classify -m ab.bin --top 5000000000 in
try tamis classify -m ab.bin -l a --pareto 65 in
try tamis classify -m ab.bin -l a --bins 1 in
try tamis classify -m ab.bin -l a --bins 1001 in
try tamis classify -m ab.bin -l a --bins 2 --edges e in
try tamis classify -m ab.bin -l a --save-edges e in
try tamis classify -m ab.bin -l a --min-bin 1 in
try tamis classify -m ab.bin -l a --best b in
try tamis classify -m ab.bin -l a --bins 2 --min-bin 2 in
try tamis classify -m ab.bin -l a --bins 2 --best drop in
try tamis classify -m ab.bin -l a --bins 2 --save-edges out -o out in
try tamis classify -m ab.bin -l a --bins 2 --save-edges out -r out in
echo '{"score":[0.1,0.2]}' >e
try tamis classify -m ab.bin -l a --edges e --min-bin 3 in
# Labels that contain commas or weights.
try tamis classify -q -m odd.bin -l a,b -a comma in
try tamis classify -q -m odd.bin -l a=b -a equals in
try tamis classify -q -m odd.bin -l a,a=2,a=b=3 -a sum in
