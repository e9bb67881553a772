#!/bin/bash
# chat.sh - chat beside Python's json.loads: MB of JSON lines a second of user CPU on one core, the fastest of five runs.
#
# BIN: directory of the tamis binary.  CORPORA: the corpora beside the repository; without them nothing is
# measured.  COPIES: how often each file is repeated; by default to about 50 MB.
set -eu
bin=${BIN:-build}/tamis
here=$(cd "$(dirname "$0")" && pwd)
corpora=${CORPORA:-$here/../../../shared/corpora}/alignment
[ -d "$corpora" ] || { echo "chat: skipped: no corpora: name them in CORPORA=DIR" && exit; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"

# fastest COMMAND...: of five runs, in ms of user time; leaves it in $last.
fastest() {
	local t
	TIMEFORMAT=%U last=99999999
	for _ in 1 2 3 4 5; do
		t=$({ time "$@" >/dev/null 2>&1; } 2>&1 | awk '{ print int($1 * 1000) }')
		[ "$t" -ge "$last" ] || last=$t
	done
	[ "$last" -gt 0 ] || last=1
}

# row NAME FILE OPTION...: chat with the options, and json.loads
row() {
	local bytes ours
	for _ in $(seq "${COPIES:-$((50000000 / $(wc -c <"$2") + 1))}"); do cat "$2"; done >in
	bytes=$(wc -c <in)
	fastest "$bin" chat -q -j1 "${@:3}" in
	ours=$last
	fastest python3 "$here/peer_json.py" in
	printf '%-36s %6s MB/s  json.loads %4s MB/s  ratio %s\n' "$1" $((bytes / ours / 1000)) $((bytes / last / 1000)) \
		$((last / ours))
}

"$bin" chat -q --from dolly -o all "$corpora/dolly15k_instructions.jsonl.zst"
python3 -c 'import json
for line in open("all"):
	print(json.dumps({"messages": json.loads(line)["messages"]}, ensure_ascii=False))' >openai
zstd -dcq "$corpora/dummy_conversation.json.zst" | python3 -c 'import json, sys
for d in json.load(sys.stdin):
	print(json.dumps(d))' >vicuna
zstd -dcq "$corpora/oasst1_preference_pairs.jsonl.zst" >pairs
zstd -dcq "$corpora/oasst1_en_validation_messages.jsonl.zst" >trees
row 'messages, unchanged' openai
row 'messages, another system' openai --system 'Be brief.'
for layout in sharegpt nemo dolly trl aligner helpsteer2; do
	"$bin" chat -q --on-bad=skip --to $layout openai >"as.$layout" 2>/dev/null
	row "$layout" "as.$layout"
done
row 'sharegpt, turns of 40 bytes' vicuna
row 'preferences, strings' pairs
for layout in openrlhf hh nemo-rl aligner; do
	"$bin" chat -q --on-bad=skip --to $layout pairs >pairs.$layout 2>/dev/null
	row "preferences, $layout" pairs.$layout
done
for layout in sharegpt aligner; do
	row "messages, --to $layout" openai --to $layout --on-bad=skip
done
row 'trees of oasst' trees --from oasst --on-bad=skip
