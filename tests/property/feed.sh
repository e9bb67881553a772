#!/bin/bash
# feed.sh - Python programs get the samples that 'tamis feed' hashes, and resume with the rest.
#
# FEED_PYTHON: a python3 that has numpy, and some of xxhash, torch, torchdata, megatron-core and build; default: python3.
# Parts whose modules are missing are skipped.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
python=${FEED_PYTHON:-python3}
[ -z "${TAMIS_TEST_SAN-}" ] || skip 'Python cannot load a library with sanitizers'
"$python" -c 'import numpy' 2>/dev/null || skip "$python has no numpy (pip install numpy xxhash torch torchdata megatron-core)"
package=$here/../../shards/python
export PYTHONPATH=$package TSHARD_LIBRARY=$BIN/libtshard.so PYTHONWARNINGS=ignore

# A shard of more than 1 MiB, which is read at a time, then a small one; the last sample has pad.
corpus 3 3000 >in.jsonl
tamis vocab -q --size 400 -o m in.jsonl
tamis encode -q -m m -o a in.jsonl
corpus 4 300 | tamis encode -q -m m -o b
printf '%s\n' 'tamis-plan 1' 'seq 128' 'shard 5000' 'phase p max' 'pack bestfit' 'group g 1' 'source a a in=g cap=2' 'source b b in=g cap=2' >p
tamis mix -q -p p -o run
[ "$(find run -name '*.bin' | wc -l)" -gt 1 ] || fail 'the run has one shard'
# Megatron-LM prints that it starts.
"$python" "$here/feed_readers.py" run >out || fail "feed_readers.py: exit code $?"
grep '^feed: ' out || true
# The samples of the second phase are longer.
printf '%s\n' 'tamis-plan 1' 'seq 128' 'shard 40' 'phase p 12800' 'phase l 12800 seq=256' 'group g 1' 'source b b in=g cap=9' >p2
tamis mix -q -p p2 -o phases
"$python" "$here/feed_readers.py" phases 100 || fail "feed_readers.py phases: exit code $?"

if "$python" -c 'import torch' 2>/dev/null; then
	train=$here/../../examples/train-gpt/train_gpt.py
	for workers in 0 2; do
		"$python" "$train" --checkpoint whole.pt --steps 8 --save-every 3 --workers $workers run >whole
		rc=0
		{ "$python" "$train" --checkpoint part.pt --steps 8 --save-every 3 --workers $workers --kill-at 5 run >part; } 2>/dev/null || rc=$?
		[ $rc = 137 ] || fail "train_gpt.py: exit code $rc, not that of SIGKILL"
		"$python" "$train" --checkpoint part.pt --steps 8 --save-every 3 --workers $workers run >>part
		sed -n '4,5p' part >killed
		sed -n '6,7p' part | cmp - killed || fail 'train_gpt.py: repeats other steps than those after the checkpoint'
		sort -u part | cmp - <(sort whole) || fail 'train_gpt.py: a job that was killed trains on other samples'
		rm -f ./*.pt
	done
	grep -c . whole | grep -qx 8 || fail 'train_gpt.py: not 8 steps'
else
	echo 'feed: skipped: train_gpt.py: no module torch'
fi

# The wheel needs no compiler, and works alone.
if "$python" -c 'import build, setuptools, wheel' 2>/dev/null; then
	cp -r "$package" package
	"$python" -m build --wheel --no-isolation package >build.log 2>&1 || fail "build: $(tail -n 3 build.log)"
	"$python" -m zipfile -e package/dist/tshard-*-none-any.whl wheel
	(
		unset TSHARD_LIBRARY
		PYTHONPATH=$PWD/wheel "$python" -c 'import tshard; assert tshard.Feed("run", native=False).next()["tokens"].size == 128'
	) || fail 'the wheel does not work'
else
	echo 'feed: skipped: the wheel: no modules build, setuptools and wheel'
fi
