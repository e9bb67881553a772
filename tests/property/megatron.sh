#!/bin/bash
# megatron.sh - numpy, Megatron-LM and datatrove read our shards, token for token.
#
# MEGATRON_PYTHON: the python that has them (pip install megatron-core torch datatrove);
# default: python3.  Those it lacks are skipped.  make check builds tests/make_docs first.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
python=${MEGATRON_PYTHON:-python3}
# mixed DIR [LINE]: the shards of its tok/ in a run, whose last samples are padded
mixed() {
	printf '%s\n' 'tamis-plan 1' 'seq 128' 'seed 7' 'shard 300' 'phase p max' \
		'group g 1' 'source a tok/a in=g cap=1' 'source b tok/b in=g cap=1' >"$1/plan"
	[ $# -lt 2 ] || sed -i "2i$2" "$1/plan"
	tamis mix -q -p "$1/plan" -o "$1/run"
}

# The merge of Megatron, reimplemented, over shards with and without pad.
mkdir -p merge/tok
"$BIN/tests/make_docs" -d 300 -t 20000 -v 65536 -s 1 -n a merge/tok/a
"$BIN/tests/make_docs" -d 200 -t 10000 -v 65536 -s 2 -n b merge/tok/b
mixed merge 'pack bestfit'
python3 -B "$here/megatron_merge.py" merge/run/*.sdx
python3 -B "$here/megatron_merge.py" merge/tok/*.sdx

"$python" -c 'import numpy' 2>/dev/null ||
	skip "$python has no numpy (pip install megatron-core torch datatrove)"


# u16: text.
mkdir -p text/tok
for i in 1 2; do
	awk -v seed=$i -v docs=$((i * 100)) -f "$here/corpus.awk" >$i.jsonl
done
tamis vocab -q --size 400 -o m.model 1.jsonl
tamis encode -q -m m.model -o text/tok/a 2.jsonl
tamis encode -q -m m.model -o text/tok/b 1.jsonl
mixed text

# The last vocabulary of u16, and one of u32.
for vocab in 65536 256000; do
	mkdir -p $vocab/tok
	"$BIN/tests/make_docs" -d 300 -t 60000 -v $vocab -s 1 -n a $vocab/tok/a
	"$BIN/tests/make_docs" -d 200 -t 20000 -v $vocab -s 2 -n b $vocab/tok/b
	mixed $vocab
done

# Whole documents, packed into samples that are padded; their shards are cut and merged by reshard.
mkdir -p bestfit/tok
tamis reshard -q --shards 3 -o bestfit/cut 65536/tok
tamis reshard -q -o bestfit/tok/a bestfit/cut-00002 bestfit/cut-00000
tamis reshard -q -o bestfit/tok/b bestfit/cut-00001
mixed bestfit 'pack bestfit'
"$python" -B -W ignore "$here/peer_megatron.py" text 65536 256000 bestfit
