# All options read numbers in the same way: units, decimals and exponents; reports write integers.
echo '{"text":"abc"}' >in
for n in 1k 1K 1Ki 1.5K 1KB 1KiB 8e12 0.002k 1.5Mi; do
	tamis length -q --min "$n" --max 1E --max-bad 1.5k --report r in >out
	note "--min $n: $(grep -o '"min":[0-9]*' r) $(grep -o '"max-bad":[0-9]*' r)"
done
for n in 1.5 1.0001k 1m 1kk 20E 1e; do
	try tamis length --min "$n" in
done
try tamis length --max-bad 1KB in
