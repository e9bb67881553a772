#!/bin/bash
# encode.sh - user CPU of our encoder, of libsentencepiece and of peers, on the same texts.  Prints, never fails.
#
# BIN: directory of the build.  MODELS: directory of SentencePiece models.  CORPORA: directory of
# */*.jsonl.zst.  By default both are beside the repository.  PEER_PYTHON: a Python with
# sentencepiece, tokenizers and gigatoken (pip install sentencepiece tokenizers gigatoken).
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
for name in english multilingual; do
	zstdcat "$corpora/$name"/*.jsonl.zst |
		python3 -c 'import json, sys
for line in sys.stdin: print(json.loads(line)["text"])' >"$tmp/$name"
	for model in "$models"/*.model*; do
		printf '\n%s, %s\n' "$(basename "$model")" "$name"
		"$bin"/tests/bench/encode_bench "$model" "$tmp/$name"
		[ -z "${PEER_PYTHON-}" ] || "$PEER_PYTHON" "$here/tests/bench/peer_tokenizers.py" "$model" "$tmp/$name"
	done
done
