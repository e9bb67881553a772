# Of two runs that write the same file at once, one publishes both the file and its report.
seq 1 500 | sed 's/.*/{"text":"a b c &"}/' >a
seq 1 501 | sed 's/.*/{"text":"x &"}/' >b
same=0 runs=0
while [ $((++runs)) -le 25 ]; do
	tamis norm -q -o out a &
	tamis norm -q -o out b &
	wait
	[ "$(grep -o '"bytes":[0-9]*' out.report.json | tail -n 1)" != "\"bytes\":$(wc -c <out)" ] || same=$((same + 1))
done
try echo "$same"
