#!/bin/bash
# counts.sh - vocab-count and vocab-train give the model of vocab, for any division and after kills.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
docs=$(docs 3000 600)
corpus 11 "$docs" >all
weights=(--weight 'lang:en=0.5,de=2.25')
tamis vocab -q --size 900 -m 4Mi "${weights[@]}" -o want all

# Any division into files, with any memory and number of threads.
for turn in 1 2 3 4; do
	rm -f part.*
	awk -v seed=$turn -v n=$((turn * turn)) 'BEGIN { srand(seed) } { print >("part." int(rand() * n)) }' all
	for f in part.*; do
		tamis vocab-count -q -j $turn -m ${turn}Mi "${weights[@]}" -o "$f.counts" "$f"
	done
	tamis vocab-train -q --size 900 -m 4Mi -o model part.*.counts
	cmp want model || fail "the model differs for division $turn"
done

# More files than are merged at once: 16 files, 20 times.
for _ in $(seq 20); do ls part.*.counts; done >list
sed 's/[.]counts$//' list >documents
tamis vocab -q --size 900 "${weights[@]}" --files-from documents -o want20
tamis vocab-train -q --size 900 --files-from list -o model20
cmp want20 model20 || fail 'the model differs for many files'

# The Makefile of the manual page, killed several times, then completed.
sed -n '/^COUNTS :=/,/^[.]Ed/p' "$here/../../man/tamis-vocab-count.1" |
	sed '/^[.]Ed/d;s/vocab-train/& -q --size 900/;s/--weight [^ ]*/--weight lang:en=0.5,de=2.25/' >Makefile
grep -q 'vocab-train -q --size 900' Makefile && grep -q 'de=2.25' Makefile
mkdir corpus
for f in part.?; do zstd -q -o "corpus/$f.jsonl.zst" "$f"; done
tamis vocab -q --size 900 "${weights[@]}" -o want corpus/*.zst
kills=0
for ms in 0.02 0.05 0.1 0.1 0.2 0.2 0.3; do
	rc=0
	(timeout -s KILL $ms make -s -j2; exit $?) >log 2>&1 || rc=$?
	[ $rc -eq 0 ] || kills=$((kills + 1))
	for f in corpus/*.counts; do
		[ -e "$f" ] || continue
		cmp -s "$f" "part.${f//[!0-9]/}.counts" || fail "$f is not whole"
	done
done
[ $kills -gt 0 ]
make -s -j2
cmp want corpus.model || fail 'the model differs after kills'
