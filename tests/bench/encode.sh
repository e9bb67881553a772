#!/bin/bash
# encode.sh - user CPU of encode, of its engine, of libsentencepiece and of peers, on the same texts.  Prints, never fails.
#
# BIN: directory of the build.  MODELS: directory of SentencePiece models.  CORPORA: directory of
# */*.jsonl.zst.  By default both are beside the repository.  PEER_PYTHON: a Python with
# sentencepiece, tokenizers and gigatoken (pip install sentencepiece tokenizers gigatoken).
# COMPARE: bytes of each text whose ids are compared with the library's, 4,000,000 by default.
# HOSTILE: bytes of text that is made to be hard for each model, 4,000,000 by default.
set -u
bin=${BIN:-build}
here=$(cd "$(dirname "$0")/../.." && pwd)
models=${MODELS:-$here/../shared/models}
corpora=${CORPORA:-$here/../shared/corpora}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

if [ ! -d "$models" ] || [ ! -d "$corpora" ]; then
	echo "encode.sh: skipped: no models or corpora: set MODELS and CORPORA"
	exit 0
fi

# measure MODEL NAME FILE
measure() {
	printf '\n%s, %s\n' "$(basename "$1")" "$2"
	"$bin"/tests/bench/encode_bench "$1" "$3" 20000 "${COMPARE:-4000000}"
	[ -z "${PEER_PYTHON-}" ] || "$PEER_PYTHON" "$here/tests/bench/peer_tokenizers.py" "$1" "$3"
}

# whole_command MODEL FILE...: from JSON lines to a shard, in MB of JSON lines
whole_command() {
	local model=$1 bytes seconds
	shift
	bytes=$(zstdcat "$@" | wc -c)
	TIMEFORMAT=%U
	seconds=$({ time "$bin/tamis" encode -q -j1 --force -m "$model" -o "$tmp/shard" "$@" 2>/dev/null; } 2>&1)
	awk -v bytes="$bytes" -v s="$seconds" 'BEGIN { printf "%-24s %9.1f MB/s\n", "encode, JSON to shard", bytes / 1e6 / s }'
}

for name in english multilingual; do
	zstdcat "$corpora/$name"/*.jsonl.zst |
		python3 -c 'import json, sys
for line in sys.stdin: print(json.loads(line)["text"])' >"$tmp/$name"
	for model in "$models"/*.model*; do
		measure "$model" "$name" "$tmp/$name"
		whole_command "$model" "$corpora/$name"/*.jsonl.zst
	done
done
for model in "$models"/*.model*; do
	"$bin"/tests/bench/hostile_text "$model" "${HOSTILE:-4000000}" >"$tmp/hostile"
	measure "$model" hostile "$tmp/hostile"
done
