# Files that do not fit together, or other ids, are refused, and no shard appears.
put 2 5 6 7 >d.ds
bad() {
	try tamis import --from "$1" --vocab 10 "${@:3}" -o x "$2"
}
bad datatrove d.ds
put 8 2 4 >d.ds.index
bad datatrove d.ds
put 8 2 1 3 >d.ds.index
bad datatrove d.ds
put 8 2 >d.ds.index
bad datatrove d.ds
put 8 2 3 >d.ds.index
printf x >>d.ds.index
bad datatrove d.ds
put 8 2 3 >d.ds.index
put 1 1 0 1 >d.ds.loss
bad datatrove d.ds
put 1 1 >d.ds.loss
bad datatrove d.ds
printf x >odd.bin
bad nanogpt odd.bin --eod 2
put 2 5 11 >large.bin
bad nanogpt large.bin --eod 2
: >empty.bin
bad nanogpt empty.bin --eod 2
bad nanogpt absent.bin --eod 2
bad llm.c large.bin --eod 2
put 4 20240520 1 9 >h.bin
bad llm.c h.bin --eod 2
put 2 5 6 7 >o.npy
printf '0,2,a,s,0\n1,3,b,s,1\n' | gzip -n >o.csv.gz
bad olmo o.npy
printf 'start,end,id,src,loc\n' | gzip -n >o.csv.gz
bad olmo o.npy
printf '0,2,a,s,0\n' | gzip -n >o.csv.gz
bad olmo o.npy
bad megatron o.npy
cp a.bin m.bin
bad megatron m.bin
for at in 0 9 17 18 26 34 50 66; do
	cp a.idx m.idx
	printf '\377' | dd of=m.idx bs=1 seek=$at conv=notrunc status=none
	bad megatron m.bin
done
head -c 60 a.idx >m.idx
bad megatron m.bin
try tamis import --from nanogpt --vocab 10 --eod 2 -o odd odd.bin
try 'ls | grep ^x'
