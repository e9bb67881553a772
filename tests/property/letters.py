#!/usr/bin/env python3
"""letters.py - canonical letters of near-duplicate detection, by Python's unicodedata.

usage: letters.py --print    print the table in dedup/letters.c
       letters.py FILE       compare the table in FILE, letters.c, with Python
"""
import re
import sys
import unicodedata

VERSION = '15.0.0'      # of Unicode, in the table
TABLE = 0x30000         # LETTERS_TABLE
WIDTH = 82              # of a line, without quotes
SPACE, MARK, ZERO = 0, 1, ord('0')
UNSPACED = 1 << 31

# Names begin with the script, except for those in OTHERS.  unicodedata has no scripts.
SCRIPTS = ('CJK UNIFIED IDEOGRAPH', 'CJK COMPATIBILITY IDEOGRAPH', 'HIRAGANA ', 'KATAKANA ', 'HENTAIGANA ',
           'HALFWIDTH KATAKANA LETTER', 'BOPOMOFO ', 'THAI ', 'LAO ', 'KHMER ', 'MYANMAR ', 'TAI LE ',
           'NEW TAI LUE ', 'TAI THAM ', 'TAI VIET ', 'JAVANESE ', 'BALINESE ', 'YI SYLLABLE')
OTHERS = {0x3005: True, 0x303B: True, 0x30FC: True, 0xFF70: True,
          0x16FE3: True,        # old Chinese iteration mark: Han
          0xA9CF: False}        # Javanese pangrangkep: used with several scripts
JOINERS = (0xAD, 0x200C, 0x200D, 0x2060)


def unspaced(c):
    return OTHERS.get(c, unicodedata.name(chr(c), '').startswith(SCRIPTS))


def fold(c):
    """Simple case folding: full folding where that is one character, else lower case."""
    for form in (chr(c).casefold(), chr(c).lower()):
        if len(form) == 1:
            return ord(form)
    return c


def form(c):
    """The canonical form of a code point, as in dedup/letters.h."""
    if 0xF900 <= c <= 0xFAFF or 0x2F800 <= c <= 0x2FA1F:
        return c | UNSPACED             # CJK compatibility ideographs stay as they are
    category = unicodedata.category(chr(c))
    if category[0] == 'M' or c in JOINERS:
        return MARK
    if category[0] == 'N':
        return ZERO
    if category[0] != 'L':
        return SPACE
    f = fold(c)
    if not 0xAC00 <= c <= 0xD7A3:       # Hangul syllables stay whole
        base = [x for x in unicodedata.normalize('NFD', chr(f)) if unicodedata.category(x)[0] != 'M']
        f = fold(ord(base[0]))
    return f | (UNSPACED if unspaced(f) else 0)


def run(v, c, same):
    """The end of the run of code points from c on that are the same."""
    while c < TABLE and same(c):
        c += 1
    return c


def entry(v, c):
    """One entry of the table for the code points from c on, and the end of these."""
    first = v[c]
    if first in (MARK, ZERO):
        return ('M' if first == MARK else 'D'), run(v, c, lambda i: v[i] == first), None
    move, flag, to = (first & ~UNSPACED) - c, first & UNSPACED, first & ~UNSPACED
    end = run(v, c, lambda i: v[i] not in (SPACE, MARK, ZERO) and
              (v[i] & ~UNSPACED) - i == move and v[i] & UNSPACED == flag)
    turns = c
    while turns + 1 < TABLE and v[turns] == v[turns + 1] == turns + 1:
        turns += 2
    one = c if first == c else run(v, c, lambda i: v[i] == first)
    if turns - c >= 4 and turns > end:
        return 'A', turns, None
    if one > end:
        return ('V' if flag else 'K'), one, None if to == c else to
    return ('U' if flag else 'L'), end, None if to == c else to


def entries(v):
    c = 0x80
    while c < TABLE:
        if v[c] == SPACE:
            c += 1
            continue
        kind, end, to = entry(v, c)
        yield '%s%X' % (kind, c) + ('.%X' % (end - c) if end > c + 1 else '') + ('=%X' % to if to is not None else '')
        c = end


def lines(v):
    line = ''
    for e in entries(v):
        if line and len(line) + 1 + len(e) > WIDTH:
            yield '\t"%s",' % line
            line = ''
        line += (' ' if line else '') + e
    yield '\t"%s",' % line


def read(rows):
    """The table by its rows, and letter_of for the code points that it does not have."""
    v = {c: UNSPACED | c if TABLE <= c <= 0x323AF else MARK if 0xE0100 <= c <= 0xE01EF else SPACE
         for c in range(0x80, 0x110000)}
    for e in ' '.join(row.strip('\t",') for row in rows).split():
        kind, first, n, to = re.fullmatch(r'([MDLUKVA])([0-9A-F]+)(?:\.([0-9A-F]+))?(?:=([0-9A-F]+))?', e).groups()
        first, n = int(first, 16), int(n or '1', 16)
        to = int(to, 16) if to else first
        for i in range(n):
            v[first + i] = {'M': MARK, 'D': ZERO, 'K': to, 'V': to | UNSPACED, 'A': to + (i | 1), 'L': to + i,
                            'U': to + i | UNSPACED}[kind]
    return v


def check(name):
    with open(name, encoding='utf-8') as f:
        rows = [row for row in f.read().split('static const char *const table[] = {\n')[1].split('\n};')[0].split('\n')
                if row.startswith('\t"')]
    got, wrong, exact = read(rows), 0, unicodedata.unidata_version == VERSION
    want = {c: form(c) for c in range(0x80, 0x110000)}
    if not exact:
        print('letters: Python has Unicode %s, not %s: only code points in both are compared' %
              (unicodedata.unidata_version, VERSION))
    for c in want:
        # Letters of other versions: of later ones, by their absence from the table.
        new = unicodedata.category(chr(c)) == 'Cn' or got[c] == SPACE
        if got[c] == want[c] or 0x3134B <= c <= 0x3134F or (new and not exact):
            continue
        wrong += 1
        if wrong <= 20:
            print('letters: U+%04X is %X, not %X' % (c, got[c], want[c]))
    if exact and not wrong and rows != list(lines(want)):
        print('letters: the table is right but has other entries: write it with --print')
        wrong = 1
    return wrong > 0


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__.split('\n\n')[1])
    if sys.argv[1] == '--print':
        if unicodedata.unidata_version != VERSION:
            sys.exit('letters: Python has Unicode %s: use one with %s' % (unicodedata.unidata_version, VERSION))
        print('\n'.join(lines({c: form(c) for c in range(0x80, 0x110000)})))
    else:
        sys.exit(check(sys.argv[1]))
