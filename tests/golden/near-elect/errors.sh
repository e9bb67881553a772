# Matches of other files, and files that have changed, are refused.
for f in one two; do tamis near-sketch -q -o $f.jsonl $f; done
tamis near-match -q -o m one.jsonl two.jsonl
try tamis near-elect one.jsonl two.jsonl
try tamis near-elect --matches nowhere one.jsonl two.jsonl
try tamis near-elect --matches m one.jsonl
try tamis near-elect --matches m two.jsonl one.jsonl
try tamis near-elect --matches m --parts 2 one.jsonl two.jsonl
try tamis near-elect --matches one one.jsonl two.jsonl
try tamis near-elect --matches m -o out one.jsonl two.jsonl
try tamis near-elect --matches m one.jsonl nowhere.jsonl
# Options that mean nothing here belong to another stage.
for option in --tag '-r rejects' -z19 '-k url' '-s 7' '--where lang=a' '--split-by lang' '--tmp one'; do
	try "tamis near-elect --matches m $option one.jsonl two.jsonl"
done
try tamis chain norm : near-elect --matches m one.jsonl two.jsonl
head -c 90 m >short
try tamis near-elect --matches short one.jsonl two.jsonl
cp m bit
printf '\x55' | dd of=bit bs=1 seek=90 conv=notrunc status=none
try tamis near-elect --matches bit one.jsonl two.jsonl
cp one.jsonl same
sed 's/wbaax/wzzzx/' same >one.jsonl
try tamis near-elect --matches m one.jsonl two.jsonl
head -n 1 same >one.jsonl
try tamis near-elect --matches m one.jsonl two.jsonl
cp same one.jsonl
tamis near-elect -q --matches m one.jsonl two.jsonl
for n in 1 72; do
	head -c $n two.jsonl.keep >one.jsonl.keep
	try tamis near-elect --incremental --matches m one.jsonl two.jsonl
done
tamis near-elect -q --matches m one.jsonl two.jsonl
printf '\x55' | dd of=one.jsonl.keep bs=1 seek=64 conv=notrunc status=none
try tamis near-elect --incremental --matches m one.jsonl two.jsonl
# The seed of the sketches may be repeated.
for f in one two; do tamis near-sketch -q -s 7 -o $f.jsonl $f; done
tamis near-match -q -o m7 one.jsonl two.jsonl
try tamis near-elect -q -s 7 --matches m7 one.jsonl two.jsonl
try tamis near-elect -q -s 8 --matches m7 one.jsonl two.jsonl
try ls
