#!/bin/bash
# conversations.sh - every layout that can state a conversation gives the same messages, read from it or written to it and read again,
# with any number of threads; and so do the conversations and trees of other people.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
chat() { tamis chat -q "$@" 2>>log || fail "chat $*: $(tail -n 1 log)"; }
same() { "$here/conversations.py" same "$@" || fail "other messages: $*"; }

"$here/conversations.py" make 5 "$(docs 3000 500)" .
for f in *.jsonl; do
	chat -j1 -o "read.$f" "$f"
	chat -j4 -o again "$f"
	cmp "read.$f" again || fail "$f: threads change the output"
	chat -o again "read.$f"
	cmp "read.$f" again || fail "$f: messages are not written as they are read"
done
cmp openai.jsonl read.openai.jsonl || fail "messages change"
same openai.jsonl read.*.jsonl

# What a layout cannot state, it refuses; the rest comes back.
for to in sharegpt nemo nemo-sft alpaca dolly trl bridge aligner helpsteer2 openrlhf hh nemo-rl; do
	case $to in
	openrlhf | hh | nemo-rl) in=pair-trl.jsonl ;;
	*) in=openai.jsonl ;;
	esac
	chat --on-bad=skip --to $to -o as.$to $in
	chat -j4 --on-bad=skip --to $to -o again $in
	cmp as.$to again || fail "--to $to: threads change the output"
	[ -s as.$to ] || fail "--to $to: no document"
	chat --from $to -o back.$to as.$to
	chat -o auto.$to as.$to
	same openai.jsonl back.$to auto.$to
done
for to in aligner trl; do
	chat --to $to -o as.$to pair-trl.jsonl
	chat -o back.$to as.$to
	same openai.jsonl back.$to
done

shared=${SHARED-$here/../../../shared}/corpora/alignment
[ -d "$shared" ] || skip "the conversations of other people: no $shared"
for f in dolly15k_instructions oasst1_preference_pairs oasst1_en_validation_messages dummy_conversation; do
	zstd -dcq "$shared/$f".json*.zst >$f
done
"$here/conversations.py" corpus dolly15k_instructions >dolly
chat -o dolly.read dolly
python3 -c 'import json
for line in open("dolly.read"):
	d = json.loads(line)
	assert d["messages"] == d["given"], d' || fail "Dolly: other messages"
python3 -c 'import json
for d in json.load(open("dummy_conversation")):
	print(json.dumps(d))' >dummy
chat -o dummy.read dummy
[ "$(wc -l <dummy.read)" = 500 ] || fail "ShareGPT: other conversations"
chat -o pairs.read oasst1_preference_pairs
[ "$(wc -l <pairs.read)" = 714 ] || fail "preferences: other pairs"
for j in 1 4; do
	chat -j$j --from oasst oasst1_en_validation_messages >trees.$j
	chat -j$j --from oasst-pairs - <oasst1_en_validation_messages >ranked.$j
done
cmp trees.1 trees.4 || fail "trees: threads change the output"
cmp ranked.1 ranked.4 || fail "ranked answers: threads change the output"
"$here/conversations.py" trees oasst1_en_validation_messages trees.1 ranked.1 || fail "OASST: other paths or pairs"
