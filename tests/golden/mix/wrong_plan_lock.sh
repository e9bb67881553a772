# A plan.lock with consistent sums but wrong counts is rejected.
docs() {
	awk -v name="$1" -v n="$2" 'BEGIN {
		for (i = 1; i <= n; i++) {
			printf "{\"id\":\"%s-%d\",\"text\":\"the mill", name, i
			for (k = 0; k < i % 7; k++) printf " number %d", i
			print "\"}"
		}
	}'
}
docs en 400 >t
tamis vocab -q --size 300 -o m t
tamis encode -q -m m -o en t
docs de 100 | tamis encode -q -m m -o de
printf 'tamis-plan 1\nseq 32\nshard 100\nphase p 9600\ngroup g 1\nsource en en in=g\nsource de de in=g\n' >p
tamis plan -o good p
# seal FILE: give an edited plan.lock the checksum it should have; reports state that of inputs
seal() {
	sed '$d' "$1" >body
	tamis extract -q --as text --report report -o text body
	hash=$(grep -o '"inputs":.*' report | grep -o '[0-9a-f]\{32\}' | head -n 1)
	{ cat body && echo "xxh3 $hash"; } >"$1"
}
cp good same && seal same && cmp good same
# An edit without a new checksum.
sed 's/pad=[0-9a-z]*/pad=9/' good >edited
try tamis mix -q -p edited -o edited.run
seal edited
try tamis mix -q -p edited -o edited.run
# Move samples from one source to another, in one row, then in two.
awk '$1 == "at" && $2 == 100 { $3 += 5; $4 -= 5 } 1' good >one
awk '$1 == "at" && ($2 == 100 || $2 == 200) { $3 += 90 - $3 % 90; $4 = $2 - $3 } 1' good >two
seal one && seal two
for lock in one two; do
	for shard in 0 1; do try tamis mix -q -p $lock -o $lock.run --only-shards $shard; done
done
# State one sample more for a window than its documents make.
sed 's/^seq/pack bestfit\nseq/' p >b
tamis plan -o packed b
awk '$1 == "packed" && !n++ { split($4, w, "="); $4 = w[1] "=" w[2] + 1 } 1' packed >wrong
seal wrong
try tamis mix -q -p wrong -o wrong.run
