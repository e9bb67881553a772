#!/bin/bash
# run_open.sh - how long a run of many shards takes to open, and in how much memory.  Prints, never fails on a figure.
#
# usage: BIN=DIR [SHARDS=18000] [FEED_PYTHON=python3] run_open.sh
# 9T tokens in shards of 500 million are 18,000 shards; these have one small sample each, since opening reads run.tsv and one header.
# Prints the wall time of tshard_run_open by Python's ctypes, then that of commands, and their peak memory.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/../property/prologue.sh"
here=$here/../property
shards=${SHARDS:-18000}
python=${FEED_PYTHON:-python3}

corpus 1 6000 >in.jsonl
tamis vocab -q --size 400 -o m in.jsonl
tamis encode -q -m m -o a in.jsonl
printf '%s\n' 'tamis-plan 1' 'seq 16' 'shard 1' "phase p $((shards * 16))" 'group g 1' 'source a a in=g cap=200' >p
tamis mix -q -p p -o run
printf '%-40s %9d\n' 'shards' "$(find run -name '*.sdx' | wc -l)"
TSHARD_LIBRARY=$BIN/libtshard.so "$python" - <<'P'
import ctypes, os, time
library = ctypes.CDLL(os.environ['TSHARD_LIBRARY'])
error, best = ctypes.create_string_buffer(2048), 1e9
for _ in range(5):
    run, start = ctypes.c_void_p(), time.perf_counter()
    assert library.tshard_run_open(ctypes.byref(run), b'run', error) == 0, error.raw
    best = min(best, time.perf_counter() - start)
    library.tshard_run_close(run)
print('%-40s %9.1f ms' % ('tshard_run_open', best * 1000))
P
for command in 'info run' 'feed -n 1 run' "cat -n $((shards - 1)) --ids run"; do
	# shellcheck disable=SC2086 # words
	/usr/bin/time -f '%e %M' -o time tamis $command >/dev/null 2>&1
	awk -v c="tamis $command" '{ printf "%-40s %9.2f s  %6.1f MB\n", c, $1, $2 / 1000 }' time
done
