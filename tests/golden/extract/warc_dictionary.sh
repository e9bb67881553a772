# A .warc.zst file may begin with a dictionary for its frames, itself compressed or not.
for i in {1..200}; do
	printf 'This is text %d, with words that all of the records have: dictionary, frame, archive.\n' "$i" |
		crawled conversion "$i" text/plain >"record.$i"
done
zstd -q --train --maxdict=2000 record.* -o dictionary
zstd -q dictionary -o packed
for i in 1 2 3; do zstd -qc -D dictionary "record.$i"; done >frames
# frame FILE: a skippable frame with this content
frame() {
	local n
	n=$(wc -c <"$1")
	printf '\135\052\115\030'
	printf '%b' "$(printf '\\0%o' $((n & 255)) $((n >> 8 & 255)) 0 0)"
	cat "$1"
}
{ frame dictionary; cat frames; } >a.warc.zst
{ frame packed; cat frames; } >b.warc.zst
echo 'not a dictionary' >other
zstd -qc record.1 | cat <(frame other) - >c.warc.zst
for f in a b c; do try "tamis extract -q $f.warc.zst | cut -c 1-60"; done
try 'cat a.warc.zst b.warc.zst | tamis extract | cut -c 1-20'
note 'without, cut off, and damaged'
try 'tamis extract -q --as warc frames 2>&1 | sed "s/byte [0-9]*/byte N/"'
try 'head -c 1000 a.warc.zst | tamis extract -q 2>&1 | sed "s/byte [0-9]*/byte N/"'
try 'head -c 6 a.warc.zst | tamis extract -q'
head -c 100 packed >half
try 'cat <(frame half) frames | tamis extract -q 2>&1 | sed "s/byte [0-9]*/byte N/"'
