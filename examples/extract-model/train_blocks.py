#!/usr/bin/env python3
"""Train the model with which tamis extract judges blocks of text.

usage: train_blocks.py BLOCKS FOREST OUT

BLOCKS and FOREST are the programs blocks.c and forest.c; OUT holds pages and pages.jsonl of collect.py.  Writes OUT/extract.model, trained on all
pages, and OUT/model.K, trained without the pages of fold K, and prints the scores of the latter on that fold.
"""
import ctypes
import ctypes.util
import json
import multiprocessing
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np

import label
import score

FOLDS = 5
ALL = FOLDS  # the model of all pages
WORDS = 1 << 14
ONE = 8192
# Trees, their depth, learning rate, regularization, and shares of columns and rows of each.
STAGE1 = (150, 6, .1, 20, .2, .5)
STAGE2 = (100, 6, .1, 20, .2, .5)
TYPE = (40, 4, .15, 1, .5, .7)
SAMPLE = .7  # quantile of the weights: blocks of less weight are sampled
# What the pages of each set weigh.
SETS = {"wcxb": 1, "magic-article": 1.5, "magic-forum": 1, "readability": 1, "trafilatura": 1.5}


def read_blocks(path, pages):
    """The texts of the blocks of each page."""
    with open(path, encoding="utf-8", errors="replace", newline="\n") as f:
        for _ in pages:
            yield [f.readline().rstrip("\n") for _ in range(int(f.readline()))]


def label_page(args):
    page, blocks = args
    if "content" in page:
        return label.by_content(blocks, page["content"])
    return label.by_strings(blocks, page["want"], page["refuse"])


class Data:
    def __init__(self, blocks, out):
        self.program, self.out = blocks, out
        numbers = subprocess.run([blocks], check=True, stdout=subprocess.PIPE).stdout.split()
        self.version, self.stage1, self.stage2, page, page_n, scores = map(int, numbers)
        self.page_features = [*range(page, page + page_n), scores, scores + 1]
        with open(f"{out}/pages.jsonl") as f:
            self.pages = [json.loads(line) for line in f]

    def run(self, models, name):
        """Run blocks.c with the model of each fold."""
        for k, m in enumerate(models):
            m.write(f"{self.out}/{name}.{k}", self.version)
        with open(f"{self.out}/pages", "rb") as f:
            subprocess.run([self.program, f"{self.out}/{name}", f"{self.out}/{name}"], stdin=f, check=True)
        return np.fromfile(f"{self.out}/{name}.features", np.uint8).reshape(-1, self.stage2)

    def read_labels(self, name):
        blocks = list(read_blocks(f"{self.out}/{name}.blocks", self.pages))
        with multiprocessing.Pool(2) as pool:
            found = pool.map(label_page, zip(self.pages, blocks), chunksize=20)
        n = [len(y) for y, _ in found]
        self.label = np.concatenate([y for y, _ in found])
        self.weight = np.concatenate([w * SETS[p["set"]] for p, (_, w) in zip(self.pages, found)])
        self.page = np.repeat(np.arange(len(n)), n)
        self.fold = np.repeat([p["fold"] for p in self.pages], n)
        self.first = np.cumsum([0] + n)[:-1]
        self.blocks_of = np.array(n)

    def read_words(self, name):
        """The weights of the words in class and id, without each fold and with all."""
        raw = np.fromfile(f"{self.out}/{name}.words", np.uint16)
        block = np.cumsum(raw == 65535)
        used = (raw != 65535)
        block, word = block[used], raw[used].astype(np.int64)
        used = np.array(["content" in p for p in self.pages])[self.page][block]
        block, word = block[used], word[used]
        key, at = np.unique(self.page[block] * WORDS + word, return_inverse=True)
        share = np.bincount(at, self.label[block]) / np.bincount(at)
        page, word = key // WORDS, key % WORDS
        fold = np.array([p["fold"] for p in self.pages])[page]
        return [self.weigh_words(word[fold != k], share[fold != k]) for k in range(FOLDS + 1)]

    @staticmethod
    def weigh_words(word, share):
        prior, shrink = share.mean(), 10
        n = np.bincount(word, minlength=WORDS)
        p = (np.bincount(word, share, WORDS) + shrink * prior) / (n + shrink)
        odds = np.log(p / (1 - p)) - np.log(prior / (1 - prior))
        return np.clip(np.rint(odds * 16), -100, 100).astype(np.int8)


def sealed(model):
    """The bytes of a model with their checksum, by the library that tamis is linked with."""
    xxh3 = ctypes.CDLL(ctypes.util.find_library("xxhash")).XXH3_64bits
    xxh3.restype, xxh3.argtypes = ctypes.c_uint64, (ctypes.c_char_p, ctypes.c_size_t)
    return model + struct.pack("<Q", xxh3(model, len(model)))


class Model:
    def __init__(self, words):
        self.words, self.forests = words, [(0, b"")] * 9

    def write(self, path, version):
        with open(path, "wb") as f:
            f.write(sealed(b"tamisxm1" + struct.pack("<I", version) +
                           struct.pack("<9I", *(len(trees) // 140 for _, trees in self.forests)) +
                           struct.pack("<9i", *(start for start, _ in self.forests)) +
                           self.words.tobytes() + b"".join(trees for _, trees in self.forests)))


def fit(program, x, y, weight, columns, settings):
    """Train a forest; returns its start and its trees in the form of the model's file."""
    # Of the many blocks of little weight, a part stands for all.
    chance = np.minimum(weight / np.quantile(weight[weight > 0], SAMPLE), 1)
    used = np.random.default_rng(1).random(len(weight)) < chance
    weight = (weight / np.maximum(chance, 1e-9))[used]
    data = np.ascontiguousarray(x[used][:, columns]).tobytes() + y[used].astype(np.uint8).tobytes()
    data += (weight / weight.mean()).astype(np.float32).tobytes()
    run = [program, used.sum(), len(columns), *settings, 1]
    out = subprocess.run(list(map(str, run)), input=data, stdout=subprocess.PIPE, check=True).stdout
    trees = bytearray(out[4:])
    for at in range(0, len(trees), 140):
        trees[at:at + 6] = bytes(columns[c] for c in trees[at:at + 6])
    return int.from_bytes(out[:4], "little", signed=True), bytes(trees)


def fit_all(program, models, number, x, y, weight, fold, columns, settings):
    """Train a forest of each model, for the models of folds without the rows of the fold."""
    with ThreadPoolExecutor(2) as pool:
        work = [pool.submit(fit, program, x, y, weight * (fold != k), columns, settings) for k in range(len(models))]
        for m, w in zip(models, work):
            m.forests[number] = w.result()


def main(program, forest, out):
    d = Data(program, out)
    none = np.zeros(WORDS, np.int8)
    d.run([Model(none)] * FOLDS, "none")
    d.read_labels("none")
    models = [Model(words) for words in d.read_words("none")]
    x = d.run(models[:FOLDS], "words")
    fit_all(forest, models, 0, x, d.label, d.weight, d.fold, list(range(d.stage1)), STAGE1)
    print("stage 1: done", flush=True)
    x = d.run(models[:FOLDS], "stage1")
    fit_all(forest, models, 1, x, d.label, d.weight, d.fold, list(range(d.stage2)), STAGE2)
    print("stage 2: done", flush=True)
    typed = np.array([p["set"] == "wcxb" for p in d.pages]) & (d.blocks_of > 0)
    rows = x[np.minimum(d.first, len(x) - 1)]
    fold = np.array([p["fold"] for p in d.pages])
    for i, name in enumerate(score.TYPES):
        y = np.array([p.get("type") == name for p in d.pages])
        fit_all(forest, models, 2 + i, rows, y, typed.astype(float), fold, d.page_features, TYPE)
    d.run(models[:FOLDS], "model")
    models[ALL].write(f"{out}/extract.model", d.version)
    score.main(f"{out}/pages.jsonl", f"{out}/none.texts", f"{out}/model.texts")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__.split("\n\n")[1])
    main(*sys.argv[1:])
