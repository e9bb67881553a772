#!/usr/bin/env python3
"""references.py - character references of HTML, by Python's html module.

usage: references.py table         print the table in filters/web/html/html_references.c
       references.py pages DIR     write pages with references into DIR
       references.py check         compare the documents on standard input with Python
"""
import html
import html.entities
import json
import os
import random
import sys

WIDTH = 84


def table():
    names = html.entities.html5
    line = ''
    for name in sorted(n[:-1] for n in names if n.endswith(';')):
        code = '+'.join('%X' % ord(c) for c in names[name + ';'])
        row = name + ('~' if name in names else '=') + code
        if line and len(line) + 1 + len(row) > WIDTH:
            print('\t"%s",' % line)
            line = ''
        line += (' ' if line else '') + row
    print('\t"%s",' % line)


def words():
    """All names with what may follow them, all numbers of note, then random strings."""
    for name in sorted(html.entities.html5):
        bare = name.rstrip(';')
        for end in ('', ';', ' ', ';;', 'x', '=', '&', '1;', '.'):
            yield 'a&' + bare + end + 'z'
    for n in [*range(0x180), 0xD7FF, 0xD800, 0xDFFF, 0xE000, 0xFDCF, 0xFDD0, 0xFDEF, 0xFFFD,
              0xFFFE, 0xFFFF, 0x10000, 0x1FFFE, 0x10FFFF, 0x110000, 1 << 31, 1 << 32, 1 << 64]:
        for form in ('&#%d;', '&#x%x;', '&#X%X;', '&#%d ', '&#x%xg', '&#000%d;', '&#x%xz;'):
            yield 'a' + form % n + 'z'
    rng = random.Random(1)
    parts = ['&', '#', 'x', 'X', ';', '=', ' ', '0', '9', '128', 'a', 'amp', 'AMP', 'lt', 'gt',
             'not', 'in', 'notin', 'copy', 'nbsp', 'acute', 'e', 'frac12', 'sup', '"', "'", '\u00e9',
             'CounterClockwiseContourIntegral', 'nLt', 'bne', 'amp;', '#38;', '#60;p', '-', '_', '?']
    for _ in range(20000):
        yield ''.join(rng.choice(parts) for _ in range(rng.randint(1, 9)))


def flat(s):
    for space in '\t\n\v\f\r\u00a0':
        s = s.replace(space, ' ')
    return ' '.join(w for w in s.replace('\u00ad', '').split(' ') if w)


def pages():
    """Names of files and their words, each in a block of its own."""
    every = list(words())
    for i in range(0, len(every), 500):
        yield 'p%03d.html' % (i // 500), every[i:i + 500]


def write(directory):
    for name, some in pages():
        with open(os.path.join(directory, name), 'w', encoding='utf-8') as f:
            f.write('<!doctype html><meta charset=utf-8>' + ''.join('<p>[%s]' % w for w in some))


def check():
    got = {os.path.basename(d['id']): d['text'].split('\n') for d in map(json.loads, sys.stdin)}
    wrong = 0
    for name, some in pages():
        lines = got.get(name, [])
        want = [flat('[' + html.unescape(w) + ']') for w in some]
        for w, line, src in zip(want, lines + [''] * len(want), some):
            if w != line and wrong < 20:
                print('references: %r is %r, not %r' % (src, line, w))
            wrong += w != line
        wrong += len(lines) != len(want)
    return wrong > 0


if __name__ == '__main__':
    if sys.argv[1:] == ['table']:
        table()
    elif len(sys.argv) == 3 and sys.argv[1] == 'pages':
        write(sys.argv[2])
    elif sys.argv[1:] == ['check']:
        sys.exit(check())
    else:
        sys.exit(__doc__.split('\n\n')[1])
