#!/usr/bin/env python3
"""megatron_merge.py SDX...: merge shards as Megatron-LM does, and read every sequence again.

IndexedDatasetBuilder.add_index keeps the sequence lengths of each .idx and appends the .bin;
finalize() writes the running sums of the lengths as pointers.  The sequences must be those
that SEG, or DOC, of each sidecar delimits.
"""
import struct
import sys

from shard_reader import DOCS, PAD, Shard


class Builder:
    def __init__(self):
        self.lengths, self.documents, self.data = [], [0], b""

    def add_index(self, shard):
        version, code, n, documents = struct.unpack_from("<QBQQ", shard.idx, 9)
        assert (version, code) == (1, {2: 8, 4: 4}[shard.ids.itemsize])
        lengths = struct.unpack_from(f"<{n}i", shard.idx, 34)
        borders = struct.unpack_from(f"<{documents}q", shard.idx, 34 + 12 * n)
        self.documents += [len(self.lengths) + b for b in borders[1:]]
        self.lengths += lengths
        self.data += shard.ids.tobytes()

    def sequences(self, width):
        at = 0
        for n in self.lengths:
            yield self.data[at : at + n * width]
            at += n * width
        assert at == len(self.data)


def expected(shard):
    """(payload, whether it is pad) of each sequence, by the sidecar."""
    if shard.kind == DOCS:
        at = 0
        for _, n, _ in shard.documents():
            yield shard.ids[at : at + n].tobytes(), False
            at += n
        return
    index = [r[0] for r in shard.rows("SEGIDX", "Q")]
    segs = shard.rows("SEG", "IIIHBB")
    for i, (a, b) in enumerate(zip(index, index[1:])):
        ends = [s[0] for s in segs[a + 1 : b]] + [shard.seq]
        for s, end in zip(segs[a:b], ends):
            first = i * shard.seq
            yield shard.ids[first + s[0] : first + end].tobytes(), bool(s[5] & PAD)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__.strip())
    shards = [Shard(p[: -len(".sdx")]) for p in sys.argv[1:]]
    merged = Builder()
    for shard in shards:
        merged.add_index(shard)
    wants = [w for shard in shards for w in expected(shard)]
    got = list(merged.sequences(shards[0].ids.itemsize))
    if len(got) != len(wants):
        sys.exit(f"megatron_merge.py: {len(got)} sequences, not {len(wants)}")
    bad = sum(g != w for g, (w, _) in zip(got, wants))
    pads = sum(pad for _, pad in wants)
    if bad:
        sys.exit(f"megatron_merge.py: {bad} of {len(got)} merged sequences are misread")
    if shards[0].kind != DOCS and pads == 0:
        sys.exit("megatron_merge.py: no pad in the run, so the test is weak")
    print(f"megatron merge: {len(got)} sequences, {pads} of them pad, are ours")


main()
