# Counts that are damaged or truncated are refused with the byte.
echo '{"text":"the mill and the sieve"}' >in
tamis vocab-count -q -o c in
size=$(stat -c %s c)
for n in 0 10 20 40 60 $((size - 1)); do
	head -c "$n" c >short
	note "$n bytes"
	try tamis vocab-train -q -o m --size 275 short
done
for at in 3 13 20 40 60; do
	cp c bit
	printf '\x55' | dd of=bit bs=1 seek=$at conv=notrunc status=none
	note "byte $at"
	try tamis vocab-train -q -o m --size 275 bit
done
cat c c >twice
try tamis vocab-train -q -o m --size 275 twice
zstd -qc c | head -c 40 >packed
try tamis vocab-train -q -o m --size 275 packed
try ls
