# vocab-train writes the model of vocab, for any division of the documents into files.
awk 'BEGIN {
	for (i = 0; i < 60; i++) {
		print "{\"lang\":\"en\",\"text\":\"the mill and the sieve " i "\\nif (mill) {\\n\\tsieve();\\n}\"}"
		print "{\"lang\":\"is\",\"text\":\"myllan <a> og sigtið <pad>\"}"
	}
}' >in
split -n r/3 in part.
: >none
echo '{"text":""}' >blank
# same OPTIONS...: the model and the summary are the same
same() {
	local counted=() trained=()
	while [ $# -gt 0 ]; do
		case $1 in
		--size | --required-chars | --coverage) trained+=("$1" "$2") ;;
		*) counted+=("$1" "$2") ;;
		esac
		shift 2
	done
	try tamis vocab -o m "${trained[@]}" "${counted[@]}" in none blank
	for f in part.aa part.ab part.ac none blank; do
		tamis vocab-count -q -o $f.counts "${counted[@]}" $f
	done
	try tamis vocab-train -o n "${trained[@]}" blank.counts part.ac.counts part.aa.counts part.ab.counts none.counts
	cmp m n
}
same --size 300 --text text
same --size 300 --weight lang:is=8,en=0.5
same --size 300 --user-symbols '\t,<a>' --control-symbols '<b>'
same --size 300 --special-ids pad=0,eos=1,unk=2,bos=none
same --size 300 --required-chars 'xyz Q' --coverage 0.99
same --size 9000 --weight lang:is=3
tamis vocab -q -o m --size 300 --newlines in
for f in part.a[abc]; do tamis vocab-count -q --newlines -o "$f.counts" "$f"; done
try tamis vocab-train -v -o n --size 300 part.a?.counts
cmp m n
# Counts may be compressed, and a list may name them.
zstd -q part.aa.counts
gzip part.ab.counts
printf '%s\n' part.aa.counts.zst part.ab.counts.gz part.ac.counts >list
try tamis vocab-train -q -o n --size 300 --files-from list
cmp m n
try 'tamis vocab-train -q --progress=always --size 300 -o n part.ac.counts 2>&1 | tr "\r" "\n" | grep -o -m 1 "vocab-train: training"'
