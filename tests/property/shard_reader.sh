#!/bin/bash
# shard_reader.sh - a reader written from tamis-shard(5) alone prints what tamis cat prints.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
python3 -c 'import xxhash' 2>/dev/null || echo 'shard_reader.sh: XXH3 not checked: install python3-xxhash'

# Documents with ids, URLs, languages and numbers, some of them split for infilling.
corpus 1 400 | awk '{
	sub(/^\{/, sprintf("{\"dup_count\":%d,\"url\":\"http://a.example/%d\",", NR * NR, NR))
	sub(/"lang":"de"/, "\"lang\":\"yue\"")
	print
}' >in.jsonl
tamis vocab -q --size 400 --control-symbols '<fim_prefix>,<fim_suffix>,<fim_middle>' -o m in.jsonl
tamis encode -q -m m -o plain in.jsonl
tamis encode -q -m m --fim 0.4 --number dup_count --source other -o fim in.jsonl
printf 'tamis-plan 1\nseq 512\nshard 200\nphase p max\ngroup g 1\nsource a plain in=g\nsource b fim in=g weight=0.3 cap=2.5\n' >p
tamis mix -q -p p -o run
for shard in plain fim run/shard-00000 run/shard-00001; do
	tamis cat --all "$shard" >text
	python3 "$here/shard_reader.py" "$shard" >ours
	cmp text ours
done
tamis cat --all fim >text
grep -q 'infilling PSM' text
grep -q 'dup_count 65535' text

# SRC and run.tsv identify shards by their digests.
python3 - "$here" <<'PY'
import sys
sys.path.insert(0, sys.argv[1])
from shard_reader import Shard, check_run
parts = [p for s in Shard("run/shard-00000").sources for p in s[4]]
assert [p[0] for p in parts] == ["plain", "fim"]
assert [p[2] for p in parts] == [Shard("plain").digest, Shard("fim").digest]
check_run("run")
PY
