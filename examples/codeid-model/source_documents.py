#!/usr/bin/env python3
"""source_documents.py - turn a tree of source files into training documents for codeid-train.

usage: source_documents.py CORPUS > documents.jsonl

CORPUS contains files LANG/PROJECT/.../NAME.  LANG is a name listed in tamis-codeid(1), or text.
At most 400 files per project and language are used, and only the part of each file that
codeid-train reads.  The same tree gives the same bytes.
"""
import json
import os
import sys

FILES_MAX = 400
BYTES_MAX = 26000


def files(directory):
    for root, directories, names in os.walk(directory):
        directories.sort()
        for name in sorted(names):
            yield os.path.join(root, name)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    corpus = sys.argv[1]
    for lang in sorted(os.listdir(corpus)):
        for project in sorted(os.listdir(os.path.join(corpus, lang))):
            paths = files(os.path.join(corpus, lang, project))
            for path, _ in zip(paths, range(FILES_MAX)):
                with open(path, "rb") as f:
                    text = f.read(BYTES_MAX).decode("utf-8", "replace").replace("\0", "")
                doc = {"path": os.path.basename(path), "source": project,
                       "code_lang": lang, "text": text}
                sys.stdout.buffer.write(
                    json.dumps(doc, ensure_ascii=False).encode("utf-8", "replace") + b"\n")


if __name__ == "__main__":
    main()
