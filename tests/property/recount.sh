#!/bin/bash
# recount.sh - check-blend and stats report what a recount of the bytes of a run finds.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
for i in 1 2 3; do
	awk -v seed=$i -v docs=$((i * 60)) -f "$here/corpus.awk" >$i.jsonl
done
tamis vocab -q --size 400 -o m.model 1.jsonl 2.jsonl
for i in 1 2 3; do tamis encode -q -m m.model -o s$i $i.jsonl; done
for pack in concat bestfit; do
	cat >p <<-EOF
		tamis-plan 1
		seq 256
		seed 11
		pack $pack
		shard 700
		batch 0 24
		batch 100K 100
		phase bulk 400K
		phase long 200K seq=1024
		phase end 60K
		group main 0.7 weight.end=0.5
		group rest 0.3 weight.end=0.5
		source s3 s3 in=main
		source s2 s2 in=rest weight=0.9 weight.end=1
		source s1 s1 in=rest
	EOF
	tamis mix -q --force -p p -o run
	python3 "$here/recount.py" run
done
