#!/bin/bash
# order.sh - maps work document by document; exact keeps one of each, by an oracle in awk.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
corpus 3 4000 >a
corpus 4 1000 >b
cat a b >ab
text() { sed 's/^{"id":"[^"]*",\("text":".*"\),"q":[0-9.]*,"lang":"[a-z]*"}$/\1/' "$@"; }

# The output for two files is the output for each, one after the other.
for f in 'norm' 'norm --lossless' 'length -m 50 -M 3K' 'norm --where lang=de'; do
	# shellcheck disable=SC2086
	{
		tamis $f -q a >out
		tamis $f -q b >>out
		tamis $f -q ab | cmp out -
		tamis $f -q a b | cmp out -
	}
done

# Once normalised is normalised.
tamis norm -q a >once
tamis norm -q --report r once | cmp once -
! grep -q changed_texts r || fail 'norm changes what it has written'

# Two bounds at once are one after the other; what is not kept is rejected.
tamis length -q -m 50 -M 3K -r rejects a >both
tamis length -q -m 50 a | tamis length -q -M 3K | cmp both -
sed 's/,"drop":\[.*\]}$/}/' rejects | cat - both | sort >all
sort a | cmp all -

# exact keeps the first of each text: awk agrees, and so does the order of input not matter
# for which texts stay.
text ab >texts
paste texts ab | awk -F '\t' '!seen[$1]++ { print $2 }' >want
tamis exact -q ab | cmp want -
tamis exact -q a b | cmp want -
[ "$(tamis exact -q ab | wc -l)" = "$(sort -u texts | wc -l)" ]
awk '{ printf "%d %s\n", (NR * 7919) % 5003, $0 }' ab | sort -n | sed 's/^[0-9]* //' >shuffled
tamis exact -q shuffled >some
text some | sort >got
sort -u texts | cmp got -

# Dropped and kept are all, and a second run finds nothing.
tamis exact -q -r rejects ab >kept
sed 's/,"drop":\[.*\]}$/}/' rejects | cat - kept | sort >all
sort ab | cmp all -
tamis exact -q kept | cmp kept -

# exact --rank keeps the largest q of each text, of equals the first, where it stood.
paste texts ab | awk -F '\t' '
	{ q = $2; sub(/.*"q":/, "", q); sub(/,.*/, "", q); q += 0
	  if (!($1 in best) || q > most[$1]) { best[$1] = NR; most[$1] = q }
	  line[NR] = $2; key[NR] = $1 }
	END { for (i = 1; i <= NR; i++) if (best[key[i]] == i) print line[i] }' >want
tamis exact -q --rank q ab | cmp want -
tamis exact -q --rank q <ab | cmp want -
tamis exact -q --rank q a b | cmp want -

# A score is of the document alone; bins hold what a sort and a sum say, in any order of input.
python3 "$here/../golden/fasttext_model.py" -n 500 the=1,2,0 '</s>=0,0,0' -- hq=1,0,0 cc=0,1,0 >hq.bin
{ tamis classify -q -m hq.bin a && tamis classify -q -m hq.bin b; } >scores
tamis classify -q -m hq.bin a b | cmp scores -
for bins in 2 10; do
	tamis classify -q -m hq.bin --bins $bins --save-edges edges ab >binned
	sed 's/,"score_bin":[0-9]*}$/}/' binned | cmp scores -
	tamis classify -q -m hq.bin --bins $bins shuffled | sort >got
	sort binned | cmp got -
	tamis classify -q -m hq.bin --edges edges ab | cmp binned -
	python3 - $bins <<-'EOF'
		import json, sys
		docs = [json.loads(line) for line in open("binned")]
		n = int(sys.argv[1])
		weighed = sorted((d["score"], d["score_bin"], len(d["text"].encode())) for d in docs)
		total, below = sum(w[2] for w in weighed), 0
		for score, k, size in weighed:
		    below += size
		    # Six decimals do not tell all scores apart: one bin more or less may be right.
		    if abs(k - below * n // total) > 1:
		        sys.exit("order: a score of %f in bin %d of %d" % (score, k, n))
		if [w[1] for w in weighed] != sorted(w[1] for w in weighed):
		    sys.exit("order: bins are not in the order of scores")
	EOF
done
