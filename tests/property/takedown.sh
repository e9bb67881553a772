#!/bin/bash
# takedown.sh - taking documents down changes their segments, and no other byte, by a reader written from tamis-shard(5) alone.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"

corpus 1 "$(docs 400 150)" | awk '{ sub(/^\{/, sprintf("{\"url\":\"http://%sa.example/%d\",", NR % 9 ? "" : "b.", NR)); print }' >in.jsonl
tamis vocab -q --size 400 --control-symbols '<fim_prefix>,<fim_suffix>,<fim_middle>' -o m in.jsonl
tamis encode -q -m m --fim 0.4 -o in in.jsonl
cat >check.py <<'PY'
import struct, sys
sys.path.insert(0, sys.argv[1])
from shard_reader import Shard, ENDS, NO_LOSS, NONE, PAD
wanted, changed = set(sys.argv[4].split(",")), 0
for no in range(99):
    try:
        a, b = (Shard(f"{d}/shard-{no:05d}") for d in sys.argv[2:4])
    except FileNotFoundError:
        break
    loss = struct.unpack("<Q", a.sdx[232:240])[0]
    at = struct.unpack(f"<{2 * a.docs + 1}Q", a.section["DOCID"][:16 * a.docs + 8])
    text = a.section["DOCID"][16 * a.docs + 8:]
    name = [text[at[2 * r]:at[2 * r + 1]].decode() for r in range(a.docs)]
    index = struct.unpack(f"<{a.samples + 1}Q", a.section["SEGIDX"])
    ids, seg, follow = list(a.ids), bytearray(a.section["SEG"]), bytearray(a.section["NEXT"])
    for sample in range(a.samples):
        for i in range(index[sample], index[sample + 1]):
            start, row, _, _, _, flags = struct.unpack_from("<IIIHBB", seg, 16 * i)
            last = i + 1 == index[sample + 1]
            end = a.seq if last else struct.unpack_from("<I", seg, 16 * i + 16)[0]
            if flags & PAD or name[row] not in wanted:
                continue
            changed += 1
            seg[16 * i + 15] |= NO_LOSS
            loss -= end - start
            for t in range(sample * a.seq + start, sample * a.seq + end - (flags & ENDS > 0)):
                ids[t] = a.pad
            if last and not flags & ENDS:
                struct.pack_into("<I", follow, 4 * sample, NONE)
    assert list(b.ids) == ids and b.section["SEG"] == seg and b.section["NEXT"] == follow
    assert a.idx == b.idx and a.section.keys() == b.section.keys()
    for tag in a.section.keys() - {"SEG", "NEXT", "BLKCRC"}:
        assert a.section[tag] == b.section[tag], tag
    assert a.sdx[:128] + a.sdx[144:232] + a.sdx[240:252] == b.sdx[:128] + b.sdx[144:232] + b.sdx[240:252]
    assert struct.unpack("<Q", b.sdx[232:240])[0] == loss
assert no > 1 and changed > 0
PY
for pack in concat bestfit; do
	printf 'tamis-plan 1\nseq 256\nshard 60\npack %s\nphase p max\ngroup g 1\nsource in in in=g cap=2\n' $pack >p
	tamis mix -q -p p -o $pack
	for row in 0 17 60; do
		id=$(tamis where --json $row:0 in | sed 's/.*"id":"\([^"]*\)".*/\1/')
		echo "id $id" | tamis takedown -q -o new - $pack
		tamis verify -q new || fail "$pack: verify rejects the run without $id"
		python3 check.py "$here" $pack new "$id" || fail "$pack: takedown of $id changed something else"
		tamis diff new new
		rm -r new
	done
	echo domain b.a.example | tamis takedown -q -o new - $pack
	ids=$(tamis where --domain b.a.example $pack | tail -n +2 | cut -f 5 | sort -u | paste -s -d ,)
	tamis verify -q new
	python3 check.py "$here" $pack new "$ids" || fail "$pack: takedown of a domain changed something else"
	rm -r new
done
