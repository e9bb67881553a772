# In steps, a copy that was dropped stands for nothing: only kept documents remove new ones.
sed -n '/"a"/p' one >a
for id in b1 b2 b3 b4; do sed "s/\"a\"/\"$id\"/" a >$id; done
sed 's/"a"/"c"/; s/wbgax/& end/' a >c
for f in a b1 b2 b3 b4 c; do tamis near-sketch -q -o $f.jsonl $f; done
files=()
for f in a b1 b2 b3 b4 c; do
	files+=("$f.jsonl")
	tamis near-match -q -o m "${files[@]}"
	tamis near-elect -q --incremental --matches m "${files[@]}"
done
try 'for f in a b1 b2 b3 b4 c; do tamis near-keep -q $f.jsonl; done | cut -c 1-10'
