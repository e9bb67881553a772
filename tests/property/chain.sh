#!/bin/bash
# chain.sh - a chain writes what the shell pipeline of its filters writes, with any threads.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
docs=$(docs 3500 2000)
corpus 11 "$docs" >in.jsonl

# same FILTER...: each a command with its options, as one word.  Compare documents, and what
# the pipeline's filters reject with what the chain rejects.
same() {
	cp in.jsonl docs
	: >rejects.pipe
	chain=
	for filter; do
		# shellcheck disable=SC2086 # a command and its options
		tamis $filter -q -r rejects docs >next
		cat rejects >>rejects.pipe
		mv next docs
		chain="$chain${chain:+ : }$filter"
	done
	sort rejects.pipe >rejects.sorted
	for j in 1 2 8; do
		# shellcheck disable=SC2086 # filters, their options and colons
		tamis chain -q -j $j -r rejects $chain in.jsonl >out
		cmp docs out || fail "$chain: -j $j: other documents"
		sort rejects | cmp rejects.sorted - || fail "$chain: -j $j: other rejects"
	done
}

same norm
same norm 'length -m 100 -M 10K'
same exact norm exact 'length -m 50'
same 'norm --where lang=en' exact 'length -m 90 --where lang=de'
same 'length -m 100 --tag' 'norm --lossless' 'exact --tag'
same 'length -m 100 --tag' norm 'length -m 200'
same 'length -m 3K --tag' 'exact --tag' 'length -M 200 --tag --where lang=de' norm
same norm 'codeid --keep text,unknown' 'codeid --content-only --tag'
same norm langid 'langid --keep en,de,und --tag' exact
same langid 'exact --where lang=und' 'langid --spans --keep und'
python3 "$here/../golden/fasttext_model.py" -n 500 the=1,2 '</s>=0,0' -- hq=1,0 cc=0,1 >hq.bin
same norm 'classify -m hq.bin --min 0.4' exact 'classify -m hq.bin -l cc --as cc --pareto 2 --tag'
same exact 'exact --tag' norm 'exact --where lang=en' exact length
