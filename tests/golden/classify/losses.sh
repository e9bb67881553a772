# With every loss, probabilities equal those of libfasttext.
model=$(dirname "$0")/../fasttext_model.py
printf '{"text":"%s"}\n' 'good' 'bad good ok' '' 'naïve 漢字 good' >in
for loss in 1 2 3 4; do
	python3 "$model" -l $loss -n 50 good=2,0,0.5 bad=0,2,-1 '</s>=0,0,0' -- \
		a=1,0,0 b=0,1,0 c=0.3,-0.5,1 d=-1,-1,-1 >m.bin
	try tamis classify -q --top 9 -m m.bin in
done
