#!/usr/bin/env python3
"""User CPU of classify beside fastText's own command: whole processes, in turn, the least
of five runs each.  Prints, never fails on a figure.

usage: peer_fasttext.py TAMIS [MODEL TEXTS]...

MODEL   a supervised model, such as lid.176.ftz
TEXTS   one text a line

Always measured as well: a model of bigrams, trained here on synthetic text, and opening a
model of 6.8 GB, a file with holes.  make bench passes on FASTTEXT='MODEL TEXTS ...'.
"""
import json
import os
import random
import resource
import shutil
import struct
import subprocess
import sys
import tempfile

RUNS = 5


def run(command):
    """User seconds, user and system seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    user = after.ru_utime - before.ru_utime
    return user, user + after.ru_stime - before.ru_stime


def compare(tamis, name, model, texts):
    size = os.path.getsize(texts)
    with open(texts, encoding="utf-8", errors="replace") as f, open("docs", "w") as docs:
        docs.writelines(json.dumps({"text": t.rstrip("\n")}, ensure_ascii=False) + "\n" for t in f)
    ours = [tamis, "classify", "-q", "-j1", "--top", "1", "-m", model, "docs"]
    theirs = ["fasttext", "predict-prob", model, texts, "1"]
    times = [(run(ours), run(theirs)) for _ in range(RUNS)]
    least = [min(t[who][kind] for t in times) for kind in (0, 1) for who in (0, 1)]
    print("%-40s %6.1f MB/s, fastText %5.1f: ratio %.1f (user and system time: %.1f)" % (
        name, size / 1e6 / least[0], size / 1e6 / least[1], least[1] / least[0],
        least[3] / least[2]))


def train_bigrams():
    """A model of bigrams and dimension 100, as quality classifiers are."""
    r = random.Random(1)
    vocabulary = ["".join(r.choice("etaoinshrdlucmfw") for _ in range(r.randint(2, 9)))
                  for _ in range(100000)]
    with open("texts", "w") as f:
        for _ in range(6000):
            f.write(" ".join(vocabulary[min(int(r.paretovariate(0.7)) - 1, 99999)]
                             for _ in range(500)) + "\n")
    with open("texts") as f, open("train", "w") as train:
        train.writelines("__label__%s %s" % (r.choice(["hq", "cc"]), t) for t in f)
    subprocess.run(["fasttext", "supervised", "-input", "train", "-output", "bigrams", "-dim", "100",
                    "-wordNgrams", "2", "-epoch", "1", "-thread", "1", "-verbose", "0"], check=True)


def make_giant(path, words=1000000, rows=5660000, dim=300):
    with open(path, "wb") as f:
        f.write(struct.pack("<14id", 793712314, 12, dim, 5, 5, 1, 5, 2, 3, 3, rows - words, 0, 0, 100, 1e-4))
        f.write(struct.pack("<3i2q", words + 2, words, 2, 99, -1))
        for i in range(words):
            f.write(b"word%d" % i + struct.pack("<BqB", 0, 9, 0))
        for label in b"__label__hq", b"__label__cc":
            f.write(label + struct.pack("<BqB", 0, 9, 1))
        f.write(struct.pack("<Bqq", 0, rows, dim))
        f.truncate(f.tell() + rows * dim * 4)
        f.seek(0, os.SEEK_END)
        f.write(struct.pack("<Bqq", 0, 2, dim) + bytes(2 * dim * 4))


def open_giant(tamis):
    make_giant("giant.bin")
    with open("one", "w") as f:
        f.write('{"text":"%s"}\n' % " ".join("word%d" % (i * 7919 % 1000000) for i in range(600)))
    command = [tamis, "classify", "-q", "-j1", "-m", os.path.abspath("giant.bin"), "one"]
    code = ("import resource, subprocess, sys, time\nt = time.monotonic()\n"
            "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n"
            "t = time.monotonic() - t\n"
            "print('%.2f s, %d MB resident' % (t, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024))")
    run(command)
    out = subprocess.run([sys.executable, "-c", code] + command, stdout=subprocess.PIPE, check=True)
    print("%-40s %s" % ("a model of %.1f GB, 1 M words, one text" % (os.path.getsize("giant.bin") / 1e9),
                        out.stdout.decode().strip()))


def main():
    tamis, pairs = os.path.abspath(sys.argv[1]), [os.path.abspath(p) for p in sys.argv[2:]]
    directory = tempfile.mkdtemp()
    os.chdir(directory)
    try:
        open_giant(tamis)
        if not shutil.which("fasttext"):
            print("%-40s skipped: apt install fasttext" % "beside fastText")
            return
        for model, texts in zip(pairs[::2], pairs[1::2]):
            compare(tamis, "%s on %s" % (os.path.basename(model), os.path.basename(texts)), model, texts)
        train_bigrams()
        compare(tamis, "bigrams, dimension 100, %d MB" % (os.path.getsize("bigrams.bin") / 1e6),
                "bigrams.bin", "texts")
    finally:
        shutil.rmtree(directory)


main()
