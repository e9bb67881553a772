#!/usr/bin/env python3
"""extract_f1.py - how well extract finds main text: precision, recall and F1 over strings.

usage: extract_f1.py TAMIS WARC GROUNDTRUTH [-v]

GROUNDTRUTH: JSON lines (plain or .zst) with url, must_contain and must_not_contain, of
pages in WARC.  A string counts as found when it is in the text, runs of white space made
one space and soft hyphens taken out of both.  Prints, never fails on a figure; without
the corpus it says so and ends well.
"""
import json
import os
import subprocess
import sys


def flat(s):
    return ' '.join(s.replace('\u00ad', '').split())


def lines(path):
    cmd = ['zstd', '-dcq', path] if path.endswith('.zst') else ['cat', path]
    return subprocess.run(cmd, check=True, stdout=subprocess.PIPE).stdout.splitlines()


def main(tamis, warc, truth, verbose=False):
    if not (os.path.exists(warc) and os.path.exists(truth)):
        print('extract_f1: skipped: no corpus')
        return
    cmd = [tamis, 'extract', '-q', warc]
    docs = subprocess.run(cmd, check=True, stdout=subprocess.PIPE).stdout.splitlines()
    # The texts of a page that is there more than once are looked for one after another.
    text = {}
    for d in map(json.loads, docs):
        text.setdefault(d['url'], []).append(flat(d['text']))
    found = lost = extra = right = pages = 0
    for t in map(json.loads, lines(truth)):
        have = text.get(t['url'].strip(), [''])
        have = have.pop(0) if len(have) > 1 else have[0]
        miss = [s for s in t['must_contain'] if flat(s) not in have]
        more = [s for s in t['must_not_contain'] if flat(s) in have]
        pages += 1
        found += len(t['must_contain']) - len(miss)
        lost += len(miss)
        extra += len(more)
        right += len(t['must_not_contain']) - len(more)
        if verbose and (miss or more):
            print(t['url'], 'misses', miss, 'has', more)
    precision = found / max(1, found + extra)
    recall = found / max(1, found + lost)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    accuracy = (found + right) / max(1, found + lost + extra + right)
    print(f'extract_f1: {pages} pages  precision {precision:.3f}  recall {recall:.3f}'
          f'  F1 {f1:.4f}  accuracy {accuracy:.3f}')


if __name__ == '__main__':
    if len(sys.argv) < 4:
        sys.exit(__doc__.split('\n\n')[1])
    main(*sys.argv[1:4], verbose='-v' in sys.argv[4:])
