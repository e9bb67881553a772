#!/bin/bash
# reshard.sh - any split and merge of shards has the documents of the input, and what one encode would write.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"

# Three parts of one corpus; documents have ids, URLs, languages and numbers, some are split for infilling.
corpus 1 "$(docs 600 200)" | awk '{
	sub(/^\{/, sprintf("{\"dup_count\":%d,\"url\":\"http://a.example/%d\",", NR * NR, NR))
	print > ("in" NR % 3)
}'
tamis vocab -q --size 400 --control-symbols '<fim_prefix>,<fim_suffix>,<fim_middle>' -o m in0
encode() {
	tamis encode -q -m m --fim 0.4 --number dup_count --source web "$@"
}
encode -o direct in0 in1 in2
mkdir parts
for i in 0 1 2; do encode -o parts/$i in$i; done

# same A B: what does not tell where a shard is from is equal, byte for byte
cat >same.py <<'PY'
import sys
sys.path.insert(0, sys.argv[1])
from shard_reader import Shard
a, b = Shard(sys.argv[2]), Shard(sys.argv[3])
assert a.ids == b.ids and a.idx == b.idx
for tag in sorted(a.section.keys() | b.section.keys()):
    assert tag in ("SRC", "META") or a.section[tag] == b.section[tag], tag
facts = lambda s: (s.sdx[:16], s.sdx[24:88], s.sdx[112:124], s.sdx[128:240])
assert facts(a) == facts(b)
assert [s[:4] for s in a.sources] == [s[:4] for s in b.sources]
PY
same() {
	python3 same.py "$here" "$1" "$2" || fail "$1 and $2 differ"
}
tamis reshard -q -o merged parts
same direct merged

# Splits of splits, of sizes that the seed chooses, and their merge.
RANDOM=7
for round in 1 2 3 4; do
	rm -rf split && mkdir split
	size=$((RANDOM % 20000 + 100))
	tamis reshard -q --tokens $size -o split/a parts
	tamis reshard -q --shards $((RANDOM % 9 + 1)) -o split/b split/a-*
	tamis verify -q split || fail "round $round: verify"
	tamis reshard -q -o split/c split/b-*
	same direct split/c
	for s in a b; do
		tamis cat --all --ids split/$s-*.sdx | sed 's/^## row [0-9]*//' >$s
	done
	cmp a b || fail "round $round: other documents"
	awk -v size=$size '{ exit !($5 <= size || $4 == 1) }' <(
		tamis info --json split/a-* | python3 "$here/../info_fields.py" 'd["path"]' 'd["shard_no"]' 'd["shard_count"]' 'd["documents"]' 'd["tokens"]'
	) || fail "round $round: a shard is longer than $size tokens"
done
tamis cat --all --ids direct | sed 's/^## row [0-9]*//' | cmp - a

# An independent reader of .idx, and the merge of Megatron.
for s in split/b-*.sdx; do
	python3 "$here/shard_reader.py" "${s%.sdx}" >/dev/null || fail "$s: reader"
done
python3 -B "$here/megatron_merge.py" split/b-*.sdx

# A mix does not depend on how the shards of its sources are cut.
for s in direct 'parts/*' 'split/b-*'; do
	printf 'tamis-plan 1\nseq 128\nshard 100\nseed 3\nphase p max\ngroup g 1\nsource web %s in=g cap=2\n' "$s" >plan
	rm -rf run && tamis mix -q -p plan -o run
	cat run/*.bin | sha256sum
done | uniq | wc -l | grep -qx 1 || fail 'the mix depends on the cuts'
