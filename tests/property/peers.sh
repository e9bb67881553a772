#!/bin/bash
# peers.sh - datatrove's own filters judge as ours, where datatrove is installed.
#
# PATH=VENV/bin:$PATH makes python3 one that has it.  CORPUS: JSON lines to use as well as the
# documents made here; by default every fiftieth document of the English and of the
# multilingual corpus beside the repository, if they are there.  EVERY=1: all of them.
# PEERS: a directory of checkouts, to compare NeMo Curator, Dolma, DCLM and RedPajama as well:
# see peer_values.py.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
python3 -c 'import datatrove' 2>/dev/null || skip 'python3 has no datatrove (pip install datatrove)'
[ -z "${TAMIS_TEST_SAN-}" ] || skip 'it takes too long under sanitizers'
corpora=${CORPUS-$(ls "$here"/../../../shared/corpora/english/english.jsonl.zst \
	"$here"/../../../shared/corpora/multilingual/multilingual.jsonl.zst 2>/dev/null || :)}
python3 "$here/peer_datatrove.py" "$BIN/tamis"
# shellcheck disable=SC2086
[ -z "$corpora" ] || python3 "$here/peer_datatrove.py" "$BIN/tamis" --every "${EVERY:-50}" $corpora
# shellcheck disable=SC2086
[ -z "${PEERS-}" ] || python3 "$here/peer_values.py" "$BIN/tamis" "$PEERS" --every "${EVERY:-50}" $corpora
