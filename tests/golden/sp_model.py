#!/usr/bin/env python3
"""sp_model.py - print a small SentencePiece BPE model.

usage: sp_model.py [--nfkc-like] [--charsmap HEX] [--no-space] [--suffix] [--denormalizer SWITCHES]

--nfkc-like: extra spaces are removed, and a charsmap rewrites newline to space.
--charsmap: use these bytes as the charsmap.
--no-space: byte fallback, and no piece for a space.
--suffix: byte fallback, and a space is added to the end of a text, not to its start.
--denormalizer: byte fallback, and decoding rewrites newline to space.  SWITCHES: three
  digits, 0 or 1, for add_dummy_prefix, remove_extra_whitespaces and escape_whitespaces.
"""
import argparse
import struct
import sys


def varint(n):
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def newline_to_space():
    """A double array (darts-clone) with one key, newline, and its text at offset 0."""
    units = [1 << 31] * 512  # matches no byte
    units[0] = 256 << 10  # root; children at 256 ^ label
    units[256 ^ 10] = 10 | 1 << 8 | (256 ^ 10 ^ 128) << 10  # newline; its leaf at 128
    units[128] = 1 << 31
    blob = b"".join(struct.pack("<I", u) for u in units)
    return struct.pack("<I", len(blob)) + blob + b" \0"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nfkc-like", action="store_true")
    parser.add_argument("--charsmap", type=bytes.fromhex)
    parser.add_argument("--no-space", action="store_true")
    parser.add_argument("--suffix", action="store_true")
    parser.add_argument("--denormalizer")
    args = parser.parse_args()
    charsmap = args.charsmap or (newline_to_space() if args.nfkc_like else b"")
    model = b""
    pieces = [("<unk>", 2), ("<s>", 3), ("</s>", 3), ("▁", 1), ("a", 1), ("b", 1), ("ab", 1)]
    fallback = args.no_space or args.suffix or args.denormalizer
    if fallback:
        pieces[3 : 3 + args.no_space] = [(f"<0x{byte:02X}>", 6) for byte in range(256)]
    for i, (text, kind) in enumerate(pieces):
        model += field(1, field(1, text.encode()) + field(2, float(-i)) + field(3, kind))
    suffix = field(24, 1) if args.suffix else b""
    model += field(2, field(3, 2) + suffix + field(35, int(bool(fallback))))
    rewrites, prefix = int(args.nfkc_like), int(args.suffix)
    model += field(3, field(2, charsmap) + field(3, prefix) + field(4, rewrites) + field(5, 1))
    if args.denormalizer:
        switches = (field(3 + i, int(on)) for i, on in enumerate(args.denormalizer))
        model += field(5, field(2, newline_to_space()) + b"".join(switches))
    sys.stdout.buffer.write(model)


main()
