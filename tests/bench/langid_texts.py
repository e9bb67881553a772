#!/usr/bin/env python3
"""langid_texts.py - texts to measure langid with, of the corpora beside the repository.

usage: langid_texts.py CORPORA DIR

Writes to DIR, all with the language in `lang`, and as lines of text in .txt:
    documents.jsonl    of 3.3 kB, 400 kB a language, one language after another
    sentences.jsonl    what those hold, cut where words end: 155 bytes on average, as news has
    short.jsonl        sentences of Tatoeba, 47 bytes
    paragraphs.jsonl   of the Universal Declaration of Human Rights
    mixed.jsonl        one to three stretches of 80 to 900 bytes; `stretches` says which
"""
import json
import os
import random
import subprocess
import sys

SIZE, MOST = 3300, 400000


def unpacked(*path):
    out = subprocess.run(["zstd", "-dcq", "--long=27", os.path.join(*path)], check=True, stdout=subprocess.PIPE)
    return out.stdout.decode().split("\n")


def write(directory, name, docs):
    with open(os.path.join(directory, name + ".jsonl"), "w") as out, open(os.path.join(directory, name + ".txt"), "w") as text:
        for doc in docs:
            out.write(json.dumps(doc, ensure_ascii=False) + "\n")
            text.write(doc["text"].replace("\n", " ") + "\n")


def documents(corpora, languages):
    lines = {}
    for record in unpacked(corpora, "multilingual", "multilingual.jsonl.zst"):
        if not record:
            continue
        doc = json.loads(record)
        lang = {"nb": "no", "nn": "no"}.get(doc["lang"], doc["lang"])
        if lang in languages and not doc["source"].startswith(("docs:tldr", "ui-strings")):
            lines.setdefault(lang, []).extend(x for x in doc["text"].split("\n") if len(x.encode()) > 80)
    rand = random.Random(1)
    for lang in sorted(lines):
        rand.shuffle(lines[lang])
        part, size, total = [], 0, 0
        for line in lines[lang]:
            part.append(line[:SIZE])
            size += len(part[-1].encode())
            if size >= SIZE:
                yield {"lang": lang, "text": "\n".join(part)}
                total += size
                part, size = [], 0
            if total >= MOST:
                break


def sentences(docs):
    rand = random.Random(2)
    for doc in docs:
        part, size, want = [], 0, 150
        for word in doc["text"].split():
            part.append(word)
            size += len(word.encode()) + 1
            if size >= want:
                yield {"lang": doc["lang"], "text": " ".join(part)}
                part, size, want = [], 0, rand.randrange(40, 260)


def labelled(lines):
    for line in lines:
        if line:
            lang, text = line.split("\t", 1)
            yield {"lang": lang, "text": text}


def mixed(paragraphs):
    rand = random.Random(3)
    by = {}
    for doc in paragraphs:
        by.setdefault(doc["lang"], []).append(doc["text"])
    for _ in range(3000):
        stretches, parts = [], []
        for lang in rand.sample(sorted(by), rand.choice([1, 2, 3])):
            want, text = rand.randrange(80, 900), ""
            while len(text.encode()) < want:
                text += (" " if text else "") + rand.choice(by[lang])
            parts.append(text)
            stretches.append([lang, len(text.encode())])
        yield {"stretches": stretches, "text": rand.choice([" ", "\n"]).join(parts)}


def main():
    corpora, directory = sys.argv[1:]
    with open(os.path.join(corpora, "langid", "langs54.txt")) as file:
        languages = set(file.read().split())
    paragraphs = list(labelled(unpacked(corpora, "langid", "dev_udhr_paragraphs.tsv.zst")))
    write(directory, "paragraphs", paragraphs)
    write(directory, "short", labelled(unpacked(corpora, "langid", "dev_tatoeba_sentences.tsv.zst")))
    docs = list(documents(corpora, languages))
    write(directory, "documents", docs)
    write(directory, "sentences", sentences(docs))
    write(directory, "mixed", mixed(paragraphs))


if __name__ == "__main__":
    main()
