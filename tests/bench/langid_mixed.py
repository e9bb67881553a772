#!/usr/bin/env python3
"""langid_mixed.py - score langid --spans on documents whose stretches are known.

usage: tamis langid -q -p 0 --spans mixed.jsonl | langid_mixed.py
"""
import json
import sys

SAME = {"nn": "no"}
bytes_all = bytes_right = documents = counts = mains = alts = alts_right = 0
for line in sys.stdin:
    doc = json.loads(line)
    gold, at = [], 0
    for lang, size in doc["stretches"]:
        gold.append((at, at + size, lang))
        at += size + 1
    spans = []
    for begin, end, lang, _ in doc["lang_spans"]:
        lang = SAME.get(lang, lang)
        if spans and spans[-1][2] == lang:
            spans[-1] = (spans[-1][0], end, lang)
        else:
            spans.append((begin, end, lang))
    for begin, end, lang in gold:
        bytes_all += end - begin
        bytes_right += sum(max(0, min(end, e) - max(begin, b)) for b, e, s in spans if s == lang)
    sizes = {}
    for lang, size in doc["stretches"]:
        sizes[lang] = sizes.get(lang, 0) + size
    order = sorted(sizes, key=lambda lang: -sizes[lang])
    documents += 1
    counts += len(spans) == len(gold)
    mains += SAME.get(doc["lang"], doc["lang"]) == order[0]
    if len(order) > 1 and sizes[order[1]] * 4 >= sum(sizes.values()):
        alts += 1
        alts_right += SAME.get(doc.get("lang_alt"), doc.get("lang_alt")) == order[1]
print("  bytes in the right language %.2f %%  stretches counted right %.1f %%  lang right %.2f %%  lang_alt right %.1f %%" % (
    100 * bytes_right / bytes_all, 100 * counts / documents, 100 * mains / documents, 100 * alts_right / max(1, alts)))
