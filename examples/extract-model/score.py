#!/usr/bin/env python3
"""Score extracted texts against the labels of their pages.

usage: score.py PAGES.jsonl OUT.texts...

For each set and type of pages: the mean F1 over words of WCXB (words of Chinese and the like are characters), and for
pages with labelled strings the F1 over these.
"""
import collections
import json
import re
import sys

from label import TOKEN, flat

TYPES = "article forum product listing collection documentation service".split()


def read_texts(path):
    """The texts of blocks.c with the type it found."""
    with open(path, "rb") as f:
        for line in iter(f.readline, b""):
            n, decided, kind, p = line.split()
            yield f.read(int(n)).decode(), bool(int(decided)), TYPES[int(kind)], float(p)


def word_f1(text, content, pattern):
    a, b = (collections.Counter(pattern.findall(s.lower())) for s in (text, content))
    if not b:
        return float(not a)
    both = 2 * (a & b).total()
    return both / (a.total() + b.total())


def scores(pages, texts):
    """The scores of each set and type, and those of single pages."""
    of, strings, each = collections.defaultdict(list), [0, 0, 0], []
    for page, (text, _, kind, _) in zip(pages, texts):
        if "content" in page:
            pattern = TOKEN if page["set"].startswith("magic") else re.compile(r"\w+")
            f1 = word_f1(text, page["content"], pattern)
            of[page["set"]].append(f1)
            if page["set"] == "wcxb":
                of["wcxb " + page["type"]].append(f1)
                of["type right"].append(kind == page["type"])
        else:
            text = flat(text)
            found = sum(flat(s) in text for s in page["want"])
            extra = sum(flat(s) in text for s in page["refuse"])
            strings[0] += found
            strings[1] += len(page["want"]) - found
            strings[2] += extra
            total = len(page["want"]) + len(page["refuse"])
            f1 = (found + len(page["refuse"]) - extra) / max(1, total)
        each.append(f1)
    out = {k: sum(v) / len(v) for k, v in of.items()}
    if sum(strings):
        out["trafilatura"] = 2 * strings[0] / (2 * strings[0] + strings[1] + strings[2])
    return out, each


def main(pages, *texts):
    with open(pages) as f:
        pages = [json.loads(line) for line in f]
    found = [scores(pages, read_texts(path))[0] for path in texts]
    for name in sorted(found[0]):
        print(f"{name:20}", *(f"{s[name]:.4f}" for s in found))


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__.split("\n\n")[1])
    main(*sys.argv[1:])
