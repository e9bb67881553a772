"""peer_rules.py - user time of datatrove's filters on documents, for tests/bench/rules.sh.

usage: peer_rules.py TAMIS FILE BYTES

C4, Gopher's two and FineWeb's filter, one after the other, until one drops a document,
on every n-th document of FILE (JSON lines), so many that they are about BYTES.  Prints
the bytes of those lines and milliseconds, the less of two runs: with our words and
sentences, which cost it a look-up, and with its own tokenizer (spaCy); 0 where spaCy is
missing.  JSON is not counted, nor is loading.
"""
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "property"))
import datatrove.utils.word_tokenizers as word_tokenizers  # noqa: E402
from datatrove.data import Document  # noqa: E402
from datatrove.pipeline.filters import (  # noqa: E402
    C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter)
from datatrove.utils.text import split_into_parts  # noqa: E402
from peer_datatrove import Ours, segment  # noqa: E402

FILTERS = [C4QualityFilter(), GopherQualityFilter(), GopherRepetitionFilter(), FineWebQualityFilter()]


def judge(texts):
    """The texts that the last three saw."""
    seen = []
    for i, text in enumerate(texts):
        doc = Document(text=text, id=str(i))
        for f in FILTERS:
            result = f.filter(doc)
            seen.append(doc.text)
            if result is not True:
                break
    return seen


def milliseconds(texts):
    best = None
    for _ in range(2):
        split_into_parts.cache_clear()
        start = time.process_time()
        judge(texts)
        used = time.process_time() - start
        best = used if best is None else min(best, used)
    return int(best * 1000)


def main():
    tamis, path, most = sys.argv[1], sys.argv[2], int(sys.argv[3])
    lines = open(path, "rb").read().splitlines()
    every = max(1, sum(map(len, lines)) // most)
    lines = lines[::every]
    texts = [json.loads(line)["text"] for line in lines]
    theirs = word_tokenizers.load_word_tokenizer
    word_tokenizers.load_word_tokenizer = lambda language: Ours("")
    segment(tamis, texts)
    sentences = Ours.sentences
    words = dict(Ours.words)
    edited = []
    for i, text in enumerate(texts):
        doc = Document(text=text, id=str(i))
        if FILTERS[0].filter(doc) is True:
            edited.append(doc.text)
    segment(tamis, edited)
    Ours.words.update(words)
    Ours.sentences = sentences
    given = milliseconds(texts)
    own = 0
    try:
        import spacy  # noqa: F401

        word_tokenizers.load_word_tokenizer = theirs
        theirs("en").word_tokenize("warm up")
        own = milliseconds(texts)
    except ImportError:
        pass
    print(sum(len(line) + 1 for line in lines), given, own)


main()
