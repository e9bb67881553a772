#!/bin/bash
# blend.sh - a run's bytes: the same for every -j, after kills, from its lock; recounted.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${BIN:?set BIN to the folder of tamis}"
export PATH="$BIN:$PATH" LC_ALL=C PYTHONDONTWRITEBYTECODE=1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
mkdir tok
for i in 1 2 3 4 5 6; do
	awk -v seed=$i -v docs=$((i * 300)) -f "$here/corpus.awk" >$i.jsonl
done
tamis vocab -q --size 400 -o m.model 1.jsonl 2.jsonl
tamis encode -q -m m.model -o tok/en-0 6.jsonl
tamis encode -q -m m.model -o tok/en-1 5.jsonl
for i in 1 2 3 4; do tamis encode -q -m m.model -o tok/s$i $i.jsonl; done

cat >top <<'EOF'
tamis-plan 1
seq 256
seed 7
shard 300
EOF
cat >groups <<'EOF'
group en 0.7
group multi 0.15
group code 0.15
source en tok/en-* in=en
source s1 tok/s1 in=multi
source s2 tok/s2 in=multi
source s3 tok/s3 in=code weight=0.9
source s4 tok/s4 in=code
EOF
{ cat top && echo 'phase p max' && sed 's/in=.*/& cap=2.25/' groups; } |
	sed 's/^shard .*/shard 2000/' >max.plan
{ cat top && printf 'phase p 600K\nphase q 200K\n' && cat groups; } |
	sed -e 's/^group en 0.7/& weight.q=0.5/' -e 's/^group code 0.15/& weight.q=0.35/' >two.plan

for plan in max two; do
	tamis plan -o $plan.lock $plan.plan
	tamis mix -q -j 1 -p $plan.plan -o $plan.run
	cmp $plan.lock $plan.run/plan.lock
	tamis mix -q -j 3 -p $plan.lock -o again
	diff -r $plan.run again
	rm -r again
	tamis mix -q --root . -p $plan.run/plan.lock -o again
	diff -r $plan.run again
	rm -r again
	python3 "$here/blend.py" $plan.run .
done

# Killed at any moment and taken up again.
for i in 1 2 3 4 5 6 7 8; do
	tamis mix -q -j 2 --resume -p max.plan -o killed &
	pid=$!
	sleep "0.0$i"
	kill -KILL $pid 2>/dev/null || true
	wait $pid 2>/dev/null || true
done
tamis mix -q --resume -p max.plan -o killed
diff -r max.run killed
# A shard that was cut short is made again.
truncate -s 1000 killed/shard-00001.bin
tamis mix -q --resume -p max.plan -o killed
diff -r max.run killed

# A longer run begins like a shorter one: all but what names the run itself.
{ cat top && echo 'phase p 153600' && cat groups; } >short.plan
{ cat top && echo 'phase p 307200' && cat groups; } >long.plan
tamis mix -q -p short.plan -o short
tamis mix -q -p long.plan -o long
for f in 0 1; do
	cmp short/shard-0000$f.bin long/shard-0000$f.bin
	cmp short/shard-0000$f.idx long/shard-0000$f.idx
done

# One more source, with a share that another one gives up, leaves the others in their order.
sed -e 's/in=code weight=0.9/in=code weight=0.8/' -e 's/^source s4 .*/& weight=0.1/' \
	-e '$a source s5 tok/s5 in=code' long.plan >more.plan
tamis encode -q -m m.model -o tok/s5 3.jsonl --eod none
rc=0
tamis mix -q -p more.plan -o more 2>err || rc=$?
[ $rc -eq 3 ]
grep 'the end-of-document token of' err
tamis encode -q -m m.model --force -o tok/s5 2.jsonl --source other
tamis mix -q -p more.plan -o more 2>err
python3 "$here/blend.py" more .
