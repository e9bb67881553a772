#!/usr/bin/env python3
"""Write a small fastText model, for tests, to standard output.

usage: fasttext_model.py [-l LOSS] [-n BUCKETS] [-m MODEL] WORD=X,Y... -- LABEL=X,Y...

WORD=X,Y    a word and its vector; all have as many numbers
-l LOSS     1 hierarchical softmax, 2 negative sampling, 3 softmax (default), 4 one-vs-all
-n BUCKETS  n-grams of 2 to 4 characters and of 2 words, in BUCKETS vectors that are the
            same each time; default: none
-m MODEL    1 cbow, 2 skipgram, 3 supervised (default)
"""
import getopt
import struct
import sys

options, names = getopt.getopt(sys.argv[1:], "l:n:m:")
loss, buckets, kind = 3, 0, 3
for name, value in options:
    if name == "-l":
        loss = int(value)
    elif name == "-n":
        buckets = int(value)
    else:
        kind = int(value)
split = names.index("--")


def read(part):
    entries = [entry.rsplit("=", 1) for entry in part]
    return [(word, [float(x) for x in vector.split(",")]) for word, vector in entries]


words, labels = read(names[:split]), read(names[split + 1:])
dim = len(labels[0][1])
state, rows = 1, [vector for _, vector in words]
for _ in range(buckets):
    row = []
    for _ in range(dim):
        state = state * 16807 % 2147483647
        row.append(state % 4001 / 1000 - 2)
    rows.append(row)
some = buckets > 0
out = sys.stdout.buffer
out.write(struct.pack("<14id", 793712314, 12, dim, 5, 5, 1, 5, 1 + some, loss, kind, buckets,
                      2 * some, 4 * some, 100, 1e-4))
out.write(struct.pack("<3i2q", len(words) + len(labels), len(words), len(labels), 99, -1))
for i, (word, _) in enumerate(words + labels):
    out.write(word.encode(errors="surrogateescape"))
    out.write(struct.pack("<BqB", 0, 100 - i, i >= len(words)))
for matrix in rows, [vector for _, vector in labels]:
    out.write(struct.pack("<Bqq", 0, len(matrix), dim))
    for row in matrix:
        out.write(struct.pack("<%df" % dim, *row))
