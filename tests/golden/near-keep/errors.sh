# Bits that cannot be used are refused.
for f in one two; do tamis near-sketch -q -o $f.jsonl $f; done
tamis near-match -q -o m one.jsonl two.jsonl
try tamis near-keep one.jsonl
tamis near-elect -q --matches m one.jsonl two.jsonl
try tamis near-keep one.jsonl two.jsonl
try 'tamis near-keep <one.jsonl'
try 'tamis near-keep -q --keep one.jsonl.keep <one.jsonl | cut -c 1-12'
try tamis chain norm : near-keep one.jsonl
try tamis near-keep --keep one one.jsonl
cp one.jsonl.keep bit
printf '\x55' | dd of=bit bs=1 seek=64 conv=notrunc status=none
try tamis near-keep --keep bit one.jsonl
cat one.jsonl two.jsonl >both.jsonl
try tamis near-keep -o out --keep one.jsonl.keep both.jsonl
head -n 2 one.jsonl >less.jsonl
try tamis near-keep -o out --keep one.jsonl.keep less.jsonl
try ls
