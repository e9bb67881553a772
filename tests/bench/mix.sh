#!/bin/bash
# mix.sh - measure the CPU time of mixing, beside Megatron-LM and datatrove, in Mtok/s.
#
# BIN: directory of tamis and tests/make_docs.  TOKENS: default 100 million.
# TMPDIR: directory for all files; reads come from the page cache.
# PEER_PYTHON: a python with megatron-core, torch, datatrove and tokenizers, for the peers.
#
# Three sources of random ids below 256000 (u32) have 70, 15 and 15 % of the tokens.  Document
# lengths are lognormal with mean 1000.  Figures are user plus system time of one thread, the
# fastest of three runs.  Those of tamis are for whole processes and include
#   write  making the ids; DOCS shards with checksums, ids and URLs
#   mix    checking all checksums; samples of 4096 tokens in random order over a whole source;
#          shares, checksums, segments, ids and URLs; fsync
# The peers (see peer_mix.py) write no checksums and no provenance of documents.
set -eu
bin=${BIN:-build}
here=$(cd "$(dirname "$0")" && pwd)
tokens=${TOKENS:-100000000}
python=${PEER_PYTHON:-python3}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# measure NAME TOKENS COMMAND...: append a line to $tmp/rows, in the format of peer_mix.py
measure() {
	local TIMEFORMAT='%U %S' best=''
	for _ in 1 2 3; do
		best=$({ echo "$best" && { time "${@:3}" >/dev/null; } 2>&1; } |
			awk 'NF == 2 && (!n || $1 + $2 < n) { n = $1 + $2; best = $0 } END { print best }')
	done
	printf '%s\t%s\t%s\t%s\n' "$1" "$2" "${best% *}" "${best#* }" >>"$tmp/rows"
}

write() {
	local source name share seed
	for source in 'en 70 1' 'multi 15 2' 'code 15 3'; do
		read -r name share seed <<<"$source"
		"$bin/tests/make_docs" -d $((tokens * share / 100000)) -t $((tokens * share / 100)) \
			-v 256000 -s "$seed" -n "$name" "$tmp/$name"
	done
}

printf '%s\n' 'tamis-plan 1' 'seq 4096' 'seed 1' 'phase p max' \
	'group en 0.7' 'group multi 0.15' 'group code 0.15' \
	'source en en in=en' 'source multi multi in=multi' 'source code code in=code' >"$tmp/plan"
mix() {
	rm -rf "${tmp:?}/run"
	"$bin/tamis" mix -j1 -p "$tmp/plan" -o "$tmp/run" "$@"
}

copy() {
	rm -f "${tmp:?}/copy"
	cat "$tmp"/run/*.bin >"$tmp/copy"
}

: >"$tmp/rows"
write
made=$(cat "$tmp"/*.bin | wc -c)
mix -q
mixed=$(cat "$tmp"/run/*.bin | wc -c)
echo "input: $((made / 4000000)) million tokens of 4 bytes, $((mixed / 4000000)) million mixed"
measure 'tamis: write' $((made / 4)) write
measure 'tamis: mix' $((mixed / 4)) mix -q
measure 'tamis: mix --no-ids' $((mixed / 4)) mix -q --no-ids
measure 'cat of the payload mixed' $((mixed / 4)) copy
rm -r "${tmp:?}/run" "$tmp/copy"
if "$python" -c 'import numpy' 2>/dev/null; then
	"$python" -W ignore "$here/peer_mix.py" "$tmp" "$tmp"/en "$tmp"/multi "$tmp"/code >>"$tmp/rows" ||
		echo 'peers: not all measured'
else
	echo "peers: skipped: $python has no numpy: name another one in PEER_PYTHON"
fi
awk -F '\t' '
	{
		took[$1] = ($3 + $4) / $2
		printf "%-30s %7.1f Mtok/s  (%.2f user %.2f sys s)\n", $1, $2 / 1e6 / ($3 + $4), $3, $4
	}
	function ratio(what, ours, theirs)
	{
		if (theirs)
			printf "%-44s %5.1f times as fast\n", what, theirs / ours
	}
	END {
		mix = took["tamis: mix"]
		both = mix + took["tamis: write"]
		megatron = took["megatron: build"] + took["megatron: merge"]
		tensors = took["megatron: build of tensors"] + took["megatron: merge"]
		datatrove = took["datatrove: write and shuffle"] + took["datatrove: merge"]
		ratio("mix to megatron build + merge", mix, megatron)
		ratio("mix to datatrove write + merge", mix, datatrove)
		ratio("write + mix to megatron build + merge", both, megatron)
		ratio("write + mix to megatron, of tensors", both, tensors)
		ratio("write + mix to datatrove write + merge", both, datatrove)
	}' "$tmp/rows"
