#!/bin/bash
# takedown.sh - taking documents down changes their segments, what NEXT and DOCID have of them, and no other byte, by a reader written from tamis-shard(5) alone; for any -j, and after a kill at any moment.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"

corpus 1 "$(docs 400 150)" | awk '{ sub(/^\{/, sprintf("{\"url\":\"http://%sa.example/%d\",\"times\":%d,", NR % 9 ? "" : "b.", NR, NR % 5)); print }' >in.jsonl
tamis vocab -q --size 400 --control-symbols '<fim_prefix>,<fim_suffix>,<fim_middle>' -o m in.jsonl
tamis encode -q -m m --fim 0.4 --number times -o in in.jsonl
cat >check.py <<'PY'
import json, os, struct, sys
sys.path.insert(0, sys.argv[1])
from shard_reader import Shard, ENDS, NO_LOSS, NONE, PAD

def run(d):
    return [Shard(f"{d}/shard-{no:05d}") for no in range(99) if os.path.exists(f"{d}/shard-{no:05d}.sdx")]

def docid(s):
    at = struct.unpack(f"<{2 * s.docs + 1}Q", s.section["DOCID"][: 16 * s.docs + 8])
    text = s.section["DOCID"][16 * s.docs + 8 :]
    return [text[a:b] for a, b in zip(at, at[1:])]

old, new = run(sys.argv[2]), run(sys.argv[3])
wanted, exact = set(sys.argv[4].split(",")), sys.argv[5] == "concat"
assert len(old) == len(new) > 1
# What each sample is made of: [(ordinal, id, offset, first token, flags)].
samples, first, every = [], {}, {}
for s in old:
    index, segs, text = struct.unpack(f"<{s.samples + 1}Q", s.section["SEGIDX"]), s.rows("SEG", "IIIHBB"), docid(s)
    for i in range(s.samples):
        parts = []
        for start, row, offset, _, epoch, flags in segs[index[i] : index[i + 1]]:
            if flags & PAD:
                continue
            ordinal, name = s.documents()[row][0], text[2 * row].decode()
            parts.append((ordinal, name, flags, epoch))
            every.setdefault(epoch, set()).add(ordinal)
            if offset == 0 and name in wanted:
                first[ordinal] = s.ids[i * s.seq + start]
        samples.append(parts)
gone = sorted({o for p in samples for o, name, _, _ in p if name in wanted})
rows = 1 + max(o for e in every.values() for o in e)
assert gone

def lost(parts, follow):
    """Whether NEXT of a sample is the first token of a document that is gone."""
    if not parts or not parts[-1][2] & ENDS or follow == NONE:
        return False
    ordinal, _, _, epoch = parts[-1]
    if exact:
        # All documents of the source, epoch by epoch.
        return (ordinal + 1) % rows in gone
    later = [o for o in every[epoch] if o > ordinal]
    r = next((r for r in gone if r > ordinal), None)
    if r is not None and not any(o < r for o in later) and first.get(r, follow) == follow:
        return True
    least = min(min(e) for e in every.values())
    return not later and gone[0] == least and first.get(least, follow) == follow

changed, at = 0, 0
for a, b in zip(old, new):
    text = docid(a)
    name = [t.decode() for t in text[::2]]
    loss, masked, rewritten = a.loss_tokens, 0, 0
    index = struct.unpack(f"<{a.samples + 1}Q", a.section["SEGIDX"])
    ids, seg, follow = list(a.ids), bytearray(a.section["SEG"]), bytearray(a.section["NEXT"])
    for sample in range(a.samples):
        for i in range(index[sample], index[sample + 1]):
            start, row, _, _, _, flags = struct.unpack_from("<IIIHBB", seg, 16 * i)
            last = i + 1 == index[sample + 1]
            end = a.seq if last else struct.unpack_from("<I", seg, 16 * i + 16)[0]
            if flags & PAD or name[row] not in wanted:
                continue
            masked += end - start
            seg[16 * i + 15] |= NO_LOSS
            loss -= 0 if flags & NO_LOSS else end - start
            for t in range(sample * a.seq + start, sample * a.seq + end - (flags & ENDS > 0)):
                ids[t] = a.pad
            if last and not flags & ENDS:
                struct.pack_into("<I", follow, 4 * sample, NONE)
        if lost(samples[at], struct.unpack_from("<I", follow, 4 * sample)[0]):
            struct.pack_into("<I", follow, 4 * sample, NONE)
            rewritten += 1
        at += 1
    changed += masked
    assert list(b.ids) == ids and b.section["SEG"] == seg
    assert b.section["NEXT"] == follow, [(i, x, y) for i, (x, y) in enumerate(zip(struct.unpack(f"<{a.samples}I", b.section["NEXT"]), struct.unpack(f"<{a.samples}I", follow))) if x != y]
    assert a.idx == b.idx and a.section.keys() == b.section.keys()
    assert docid(b) == [b"" if name[i // 2] in wanted else t for i, t in enumerate(text)]
    for tag in a.section.keys() - {"SEG", "NEXT", "BLKCRC", "DOCID", "META"}:
        assert a.section[tag] == b.section[tag], tag
    meta, was = json.loads(b.section["META"]), json.loads(a.section["META"])
    record = meta.pop("takedown", [None])[-1]
    was.pop("takedown", None)
    assert meta == was and (record is not None) == (masked > 0 or rewritten > 0)
    assert not record or (record["tokens"], record["next"]) == (masked, rewritten)
    assert a.sdx[:16] + a.sdx[24:128] + a.sdx[144:232] + a.sdx[240:252] == b.sdx[:16] + b.sdx[24:128] + b.sdx[144:232] + b.sdx[240:252]
    assert b.loss_tokens == loss
assert changed > 0
PY
for pack in concat bestfit copies; do
	{
		printf 'tamis-plan 1\nseq 16\nshard 900\n'
		[ $pack != bestfit ] || echo pack bestfit
		printf 'phase p max\ngroup g 1\nsource in in in=g '
		if [ $pack = copies ]; then echo copies=0:0.5,1:1,3:2; else echo cap=2; fi
	} >p
	tamis mix -q -p p -o $pack
	# Documents that begin with a sample, and those next to each other.
	begin=$(tamis cat --all $pack | sed -n "s/^# tokens 0-.*document '\([^']*\)'.*offset 0,.*/\1/p" | head -n 2)
	for id in $(for row in 0 17 60; do tamis where --json $row:0 in | sed 's/.*"id":"\([^"]*\)".*/\1/'; done) $begin; do
		echo "id $id" | tamis takedown -q -j 1 -o new - $pack || continue
		tamis verify -q new || fail "$pack: verify rejects the run without $id"
		python3 check.py "$here" $pack new "$id" $pack || fail "$pack: takedown of $id changed something else"
		echo "id $id" | tamis takedown -q -j 3 -o again - $pack
		diff -r new again || fail "$pack: takedown of $id depends on -j"
		rm -r new again
	done
	echo domain b.a.example | tamis takedown -q -o new - $pack
	ids=$(tamis where --domain b.a.example $pack | tail -n +2 | cut -f 5 | sort -u | paste -s -d ,)
	tamis verify -q new
	python3 check.py "$here" $pack new "$ids" $pack || fail "$pack: takedown of a domain changed something else"
	rm -r new
done
