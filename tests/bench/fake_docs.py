#!/usr/bin/env python3
# fake_docs.py - DOCS shards of billions of tokens in a few blocks: head and table, the rest holes.
# usage: fake_docs.py DIR SHARDS    reads lines NAME TOKENS, writes SHARDS shards DIR/NAME-0... of so many tokens in all
import os
import struct
import sys

TABLE = []
for i in range(256):
    for _ in range(8):
        i = i >> 1 ^ (0x82F63B78 if i & 1 else 0)
    TABLE.append(i)


def crc32c(data):
    c = 0xFFFFFFFF
    for b in data:
        c = TABLE[(c ^ b) & 255] ^ c >> 8
    return c ^ 0xFFFFFFFF


def hole(path, size):
    with open(path, "wb") as f:
        f.truncate(size)


def shard(prefix, tokens, docs):
    bin_bytes, idx_bytes = 4 * tokens, 34 + 12 * docs + 8 * (docs + 1)
    meta = b"{}"
    sections = [  # tag, bytes, elements, bytes of one, flags
        (b"IDXHASH", 32, 1, 32, 1),
        (b"BLKCRC", 4 * -(-bin_bytes // 65536), -(-bin_bytes // 65536), 4, 1),
        (b"DOC", 32 * docs, docs, 32, 0),
        (b"DOCID", 16 * docs + 8, docs, 0, 1),
        (b"SRC", 0, 0, 0, 0),
        (b"META", len(meta), len(meta), 1, 0),
    ]
    at, table, place = 256 + 64 * len(sections), b"", {}
    for tag, size, count, each, flags in sections:
        at = -(-at // 64) * 64
        place[tag] = at
        # The XXH3 of a section is never looked at here: one of the prefix makes shards differ.
        entry = struct.pack("<8sQQQIIQ", tag, at, size, count, each, flags, crc32c(prefix.encode()))
        entry = entry.ljust(60, b"\0")
        table += entry + struct.pack("<I", crc32c(entry))
        at += size
    end = -(-at // 8) * 8
    head = b"\x89SDX\r\n\x1a\n" + struct.pack("<HHIQQ", 1, 0, 256, end + 16, bin_bytes)
    head += struct.pack("<IIIIII", 1, 1, 32, 256000, 0, 16)
    head += struct.pack("<QQQQQQIIIIII", tokens, 0, 0, docs, 0, 0, 0, 1, 2, 0xFFFFFFFF, 1, len(sections))
    head = head.ljust(232, b"\0") + struct.pack("<Q", tokens)
    head = head.ljust(252, b"\0")
    hole(prefix + ".bin", bin_bytes)
    hole(prefix + ".idx", idx_bytes)
    hole(prefix + ".sdx", end + 16)
    with open(prefix + ".sdx", "r+b") as f:
        f.write(head + struct.pack("<I", crc32c(head)) + table)
        f.seek(place[b"IDXHASH"])
        f.write(struct.pack("<Q", idx_bytes))
        f.seek(place[b"META"])
        f.write(meta)
        f.seek(end)
        f.write(b"SDXEND\0\0" + struct.pack("<Q", end + 16))


def main():
    directory, shards = sys.argv[1], int(sys.argv[2])
    for line in sys.stdin:
        name, tokens = line.split()
        prefix = os.path.join(directory, name)
        os.makedirs(os.path.dirname(prefix), exist_ok=True)
        each = max(1, int(float(tokens)) // shards)
        for i in range(shards):
            shard("%s-%d" % (prefix, i), each, max(1, each // 1000))


main()
