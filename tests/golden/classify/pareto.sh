# --pareto favours high scores; its draws depend only on id and seed.
python3 "$(dirname "$0")/../fasttext_model.py" good=8,0 bad=0,8 '</s>=0,0' -- \
	hq=1,0 cc=0,1 >hq.bin
awk 'BEGIN { for (i = 0; i < 4000; i++)
	printf "{\"id\":\"%d\",\"text\":\"%s\"}\n", i, i % 2 ? "good" : "bad" }' >in
tamis classify -q -m hq.bin --pareto 3 in >out
for word in good bad; do try grep -c $word out; done
try head -n 3 out
tamis classify -q -m hq.bin --pareto 3 --seed 1 in >other
for word in good bad; do try grep -c $word other; done
! cmp -s out other
# The order of the input does not matter.
sort out >sorted
sort -r in | tamis classify -q -m hq.bin --pareto 3 | sort | cmp sorted -
head -n 5 in | try tamis classify -m hq.bin --pareto 3 --tag
