# Sketches that cannot be used are named, with what to do.
for f in one two; do tamis near-sketch -q -o $f.jsonl $f; done
try tamis near-match one.jsonl
try tamis near-match -o m
try tamis near-match -o m one
try tamis near-match -o m --tmp one one.jsonl
try tamis near-match -o m --part 0/4 one.jsonl
try tamis near-match -o m --part 5/4 one.jsonl
try tamis near-match -o m --part x one.jsonl
try tamis near-match -o m --part 1/257 one.jsonl
tamis near-sketch -q --rows 8 -o rows.jsonl two
try tamis near-match -o m one.jsonl rows.jsonl
tamis near-sketch -q --seed 1 -o seed.jsonl two
try tamis near-match -o m one.jsonl seed.jsonl
tamis near-sketch -q --scope id -o scope.jsonl two
try tamis near-match -o m one.jsonl scope.jsonl
head -c 4000 one.jsonl.near >short.jsonl.near
try tamis near-match -o m short.jsonl
head -c 4300 one.jsonl.near >short.jsonl.near
try tamis near-match -o m short.jsonl
cp one foreign.jsonl.near
try tamis near-match -o m foreign.jsonl
yes | head -c 9000 >foreign.jsonl.near
try tamis near-match -o m foreign.jsonl
# One bit in the header, the index, the documents (which near-elect reads) and the keys.
for at in 40 200 4300 4700; do
	cp one.jsonl.near bit.jsonl.near
	printf '\x55' | dd of=bit.jsonl.near bs=1 seek=$at conv=notrunc status=none
	try tamis near-match -q -o m bit.jsonl
done
try ls
# Matches are written plain, to a file.
for f in m.zst m.gz m.xz -; do
	try tamis near-match -o $f one.jsonl
	try tamis near-match --part 1/2 -o $f one.jsonl
done
tamis near-match -q -o m2 one.jsonl
try 'tamis near-match -q -o /dev/stdout one.jsonl | cmp - m2'
try 'ls | grep -e "^m" -e -'
