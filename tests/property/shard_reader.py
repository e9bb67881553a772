#!/usr/bin/env python3
"""shard_reader.py PREFIX...: print shards as tamis cat --all does, by tamis-shard(5) alone."""
import array
import glob
import hashlib
import os
import struct
import sys

try:
    import xxhash
except ImportError:
    xxhash = None  # then XXH3 is not checked

CONTINUES, ENDS, PAD, PSM, SPM, NO_LOSS = 1, 2, 4, 8, 16, 32
DOCS, SAMPLES, NONE = 1, 2, 0xFFFFFFFF
ELEMENT = {"IDXHASH": 32, "BLKCRC": 4, "DOC": 32, "SRC": 0, "META": 1}  # bytes, of all kinds
OF_KIND = {DOCS: {"DOCID": 0}, SAMPLES: {"SEGIDX": 8, "SEG": 16, "NEXT": 4}}

CRC = list(range(256))
for _ in range(8):
    CRC = [c >> 1 ^ (0x82F63B78 if c & 1 else 0) for c in CRC]


def crc32c(data):
    c = NONE
    for byte in data:
        c = c >> 8 ^ CRC[(c ^ byte) & 255]
    return c ^ NONE


class Shard:
    def __init__(self, prefix, blocks=True):
        self.sdx, self.idx, payload = (open(prefix + x, "rb").read() for x in (".sdx", ".idx", ".bin"))
        head = self.sdx[:256]
        assert head[:8] == b"\x89SDX\r\n\x1a\n" and head[252:] == struct.pack("<I", crc32c(head[:252]))
        major, self.minor, size, sdx_bytes, bin_bytes = struct.unpack_from("<HHIQQ", head, 8)
        assert (major, size, sdx_bytes, bin_bytes) == (1, 256, len(self.sdx), len(payload))
        self.kind, encoding, bits, self.vocab, self.seq, log2 = struct.unpack_from("<6I", head, 32)
        (self.tokens, self.samples, self.segments, self.docs, self.first, self.run_samples, self.no,
         self.count, self.eod, self.pad, self.bos, n) = struct.unpack_from("<6Q6I", head, 56)
        self.plan, self.run_id = head[176:208], head[208:224]
        self.seed, self.loss_tokens, self.n_sources = struct.unpack_from("<QQI", head, 224)
        self.digest = hashlib.sha256(self.sdx[: 256 + 64 * n]).hexdigest()
        self.read_table(n)
        self.ids = array.array("HI"[encoding], payload)
        sys.byteorder == "little" or self.ids.byteswap()
        assert bits == 8 * self.ids.itemsize and log2 == 16 and len(self.ids) == self.tokens
        assert all(i < self.vocab for i in set(self.ids))
        if blocks:
            at = range(0, len(payload), 65536)
            assert [(crc32c(payload[b : b + 65536]),) for b in at] == self.rows("BLKCRC", "I")
        assert self.rows("IDXHASH", "QQ16s")[0][:2] == (len(self.idx), 0)
        assert not xxhash or xxhash.xxh3_128(payload).digest() == head[128:144]
        assert not xxhash or xxhash.xxh3_128(self.idx).digest() == self.section["IDXHASH"][16:]
        self.sources = self.read_sources()

    def read_table(self, n):
        self.section, element, end = {}, {}, 256 + 64 * n
        for i in range(256, end, 64):
            entry = self.sdx[i : i + 64]
            tag, at, size, count, each, flags, xxh3, crc = struct.unpack("<8sQQQIIQ12xI", entry)
            assert crc32c(entry[:60]) == crc
            tag, data = tag.rstrip(b"\0").decode(), self.sdx[at : at + size]
            assert at % 64 == 0 and at >= end and not any(self.sdx[end:at])
            assert each == 0 or count * each == size
            assert not flags & 1 or tag in ELEMENT or tag in OF_KIND[self.kind]
            assert not xxhash or xxhash.xxh3_64(data).intdigest() == xxh3
            self.section[tag], element[tag], end = data, each, at + size
        assert {**ELEMENT, **OF_KIND[self.kind]}.items() <= element.items()
        assert self.sdx[end:] == bytes(-end % 8) + b"SDXEND\0\0" + struct.pack("<Q", len(self.sdx))

    def rows(self, tag, fmt):
        return list(struct.iter_unpack("<" + fmt, self.section[tag]))

    def documents(self):
        """(ordinal, tokens, source) of each row of DOC."""
        return [r[1:4] for r in self.rows("DOC", "16sQIHH")]

    def read_sources(self):
        """(name, weight, tokens, samples, [(name, first row, digest)]) of each."""
        raw, n = self.section["SRC"], 48 * self.n_sources
        rows = list(struct.iter_unpack("<3Q4I8x", raw[:n]))
        names = n + 64 * sum(r[4] for r in rows)
        name = lambda at, size: raw[names + at : names + at + size].decode()
        parts = [(name(at, size), first, digest.hex())
                 for first, at, size, digest in struct.iter_unpack("<QII32s16x", raw[n:names])]
        return [(name(*r[5:]), *r[:3], parts[r[3] : r[3] + r[4]]) for r in rows]

    def origins(self):
        """The origin of each document, as tamis cat prints it."""
        at, number, name = None, [0] * self.docs, ""
        if "DOCID" in self.section:
            n = 2 * self.docs + 1
            at, text = struct.unpack_from(f"<{n}Q", self.section["DOCID"]), self.section["DOCID"][8 * n :]
        if "DOCNUM" in self.section:
            name = self.section["DOCNUM"][:64].rstrip(b"\0").decode()
            number = struct.unpack(f"<{self.docs}H", self.section["DOCNUM"][64:])
        flags = self.section.get("DOCFLAG", bytes(self.docs))
        for r, (digest, ordinal, _, source, lang) in enumerate(self.rows("DOC", "16sQIHH")):
            out = f"source {self.sources[source][0]}, document "
            if at:
                id_, url = text[at[2 * r] : at[2 * r + 1]], text[at[2 * r + 1] : at[2 * r + 2]].decode()
                gone = xxhash and not id_ and not url and xxhash.xxh3_128(b"").digest() != digest
                assert not xxhash or gone or xxhash.xxh3_128(id_).digest() == digest
                out += f"taken down, id hash {digest.hex()}" if gone else f"'{id_.decode()}'" + (f", {url}" if url else "")
            else:
                out += f"{ordinal}, id hash {digest.hex()}"
            code = "".join(chr(96 + (lang >> s & 31)) for s in (10, 5, 0) if lang >> s & 31)
            out += (f", language {code}" if code else "") + (f", {name} {number[r]}" if name else "")
            yield out + flag_words(flags[r])

    def sequences(self):
        """(tokens, first token) of each sequence of .idx.  Prints the sequences."""
        docs, at, n = self.documents(), 0, 0
        if self.kind == DOCS:
            for r, origin in enumerate(self.origins()):
                n, at = docs[r][1], at + n
                print(f"## row {r}: {n} tokens, {origin}")
                print(*self.ids[at : at + n])
                yield n, at
            assert at + n == self.tokens
            return
        origin, segs = list(self.origins()), self.rows("SEG", "IIIHBB")
        index, nexts = [r[0] for r in self.rows("SEGIDX", "Q")], self.rows("NEXT", "I")
        for s in range(self.samples):
            mine, at = segs[index[s] : index[s + 1]], s * self.seq
            follows = "nothing follows" if nexts[s][0] == NONE else f"next token {nexts[s][0]}"
            print(f"## sample {self.first + s}, {follows}")
            for (start, row, offset, source, epoch, flags), (end, *_) in zip(mine, mine[1:] + [(self.seq,)]):
                where = "pad" if flags & PAD else f"{origin[row]}, offset {offset}, epoch {epoch}"
                where += (", ends" if flags & ENDS else "") + flag_words(flags)
                print(f"# tokens {start}-{end - 1}: {where}")
                print(*self.ids[at + start : at + end])
                n = 0 if flags & PAD and self.minor == 0 else end - start
                assert flags & PAD or flags & 3 == (offset > 0) + 2 * (offset + n == docs[row][1])
                yield n, at + start


def flag_words(flags):
    words = {NO_LOSS: ", no loss", PSM: ", infilling PSM", SPM: ", infilling SPM"}
    return "".join(words[bit] for bit in words if flags & bit)


def check_run(run):
    """Check that run.tsv is the one that the headers of the shards imply."""
    with open(os.path.join(run, "run.tsv")) as f:
        lines = f.read().splitlines(keepends=True)
    assert lines[0] == "tamis-run 1.1\n"
    text, at = "".join(lines[:-1]), 0
    assert lines[-1] == f"sha256\t{hashlib.sha256(text.encode()).hexdigest()}\n"
    assert len(lines) - 2 == len(glob.glob(os.path.join(glob.escape(run), "shard-*.sdx")))
    for no, line in enumerate(lines[1:-1]):
        shard = Shard(os.path.join(run, f"shard-{no:05d}"))
        want = (no, at, shard.samples, shard.seq, shard.tokens, len(shard.ids) * shard.ids.itemsize,
                shard.sdx[128:144].hex(), shard.digest)
        assert line == "\t".join(map(str, want)) + "\n" and shard.first == at
        at += shard.samples


if __name__ == "__main__":
    for prefix in sys.argv[1:]:
        shard = Shard(prefix)
        tokens, firsts = zip(*shard.sequences())
        n, width = len(tokens), shard.ids.itemsize
        docs = range(n + 1) if shard.kind == DOCS else [r[0] for r in shard.rows("SEGIDX", "Q")]
        assert shard.idx == struct.pack(
            f"<9sQBQQ{n}i{n}q{len(docs)}q", b"MMIDIDX\0\0", 1, {2: 8, 4: 4}[width], n, len(docs),
            *tokens, *(width * f for f in firsts), *docs)
