"""Label the blocks of pages: which belong to the main content, and how much each weighs."""
import re

import numpy as np
from rapidfuzz.distance import LCSseq

IDEOGRAPHIC = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f"
TOKEN = re.compile(f"[{IDEOGRAPHIC}]|[^\\W{IDEOGRAPHIC}]+")
# A block belongs to the content if this share of its words is found in it, in order and close together.
SHARE = .6
LONG = 4         # shorter blocks need a neighbour in the content
NEAR = 40        # at this distance in words
WORDS_MIN = 10   # a page with less content counts as not labelled
CELLS_MAX = 4e9  # of the matrix of the alignment


def tokens(text):
    return TOKEN.findall(text.lower())


def flat(s):
    return " ".join(s.replace("\u00ad", "").split())


def match_words(page, content):
    """For each word of the page, its place in the content, or -1."""
    place = np.full(len(page), -1)
    if not page or not content:
        return place
    if len(page) * len(content) > CELLS_MAX:
        page = page[:int(CELLS_MAX / len(content))]
    code = {}
    a = [code.setdefault(t, len(code)) for t in page]
    b = [code.setdefault(t, len(code)) for t in content]
    gone, added = np.zeros(len(a), bool), np.zeros(len(b), bool)
    for op in LCSseq.editops(a, b):
        if op.tag == "delete":
            gone[op.src_pos] = True
        else:
            added[op.dest_pos] = True
    place[np.nonzero(~gone)[0]] = np.nonzero(~added)[0]
    return place


def by_content(blocks, content):
    """Labels and weights of the blocks of a page whose main content is known."""
    words = [tokens(b) for b in blocks]
    truth = tokens(content)
    grams = {tuple(truth[i:i + 3]) for i in range(len(truth) - 2)}
    place = match_words([t for w in words for t in w], truth)
    label, spans, at = np.zeros(len(blocks), np.int8), [], 0
    for i, w in enumerate(words):
        found = place[at:at + len(w)]
        found = found[found >= 0]
        at += len(w)
        spans.append(None)
        if len(w) == 0 or len(found) < SHARE * len(w):
            continue
        if found[-1] - found[0] > 2 * len(w) + 4:
            continue
        if len(w) >= LONG and sum(tuple(w[k:k + 3]) in grams for k in range(len(w) - 2)) < .5 * (len(w) - 2):
            continue
        spans[i] = (found[0], found[-1])
        label[i] = len(w) >= LONG
    sure = [i for i in range(len(blocks)) if label[i]]
    for i, span in enumerate(spans):
        if span is None or label[i]:
            continue
        k = int(np.searchsorted(sure, i))
        before = k > 0 and 0 < span[0] - spans[sure[k - 1]][1] <= NEAR
        after = k < len(sure) and 0 < spans[sure[k]][0] - span[1] <= NEAR
        label[i] = before or after
    # Labels often name a repeated line once: its copies are neither.
    of = {flat(b) for b, k in zip(blocks, label) if k}
    weight = np.sqrt([0. if flat(b) in of and not k else len(w) for b, w, k in zip(blocks, words, label)])
    if len(truth) < WORDS_MIN or not weight.sum():
        return label, weight * 0
    return label, weight / weight.sum()


def by_strings(blocks, want, refuse):
    """Labels and weights of the blocks of a page of which some strings are labelled."""
    texts = [flat(b) for b in blocks]
    label, weight = np.zeros(len(blocks), np.int8), np.zeros(len(blocks))
    of = {}
    each = 1 / max(len(want) + len(refuse), 1)
    for kind, strings in ((1, want), (0, refuse)):
        for s in map(flat, strings):
            hits = [i for i, t in enumerate(texts) if s in t or (len(t) >= 12 and t in s)]
            if kind and sum(s in texts[i] for i in hits) > 1:
                continue
            for i in hits:
                of.setdefault(i, []).append((kind, each / len(hits)))
    for i, hits in of.items():
        if len({kind for kind, _ in hits}) == 1:
            label[i] = hits[0][0]
            weight[i] = sum(w for _, w in hits)
    return label, weight
