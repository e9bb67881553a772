#!/usr/bin/env python3
"""html5lib.py - compare the HTML parser with the tests of html5lib-tests.

usage: html5lib.py DUMP DIR

DUMP: the program html5_dump.  DIR: a copy of html5lib-tests, with tokenizer/*.test and
tree-construction/*.dat.  Prints the counts of each file, with -v also each failure.
Fragments are not tested: tamis parses whole pages only.  Nor are pages with lone surrogates,
which UTF-8 does not have.
"""
import glob
import json
import os
import re
import subprocess
import sys

# The standard copies the chosen option into <selectedcontent>; tamis shows no form fields.
LEFT_OUT = '<selectedcontent>'

STATES = ['Data state', 'RCDATA state', 'RAWTEXT state', 'Script data state',
          'PLAINTEXT state', 'CDATA section state']


def ask(dump, cases):
    """The answers to (header, bytes) pairs: for each, a list of lines of fields."""
    data = b''.join(b'%s %d\n%s' % (h.encode(), len(b), b) for h, b in cases)
    out = subprocess.run([dump], input=data, check=True, stdout=subprocess.PIPE).stdout
    answer = [[]]
    for line in out.decode().split('\n'):
        if line:
            answer[-1].append(line.split('\t'))
        else:
            answer.append([])
    return answer[:len(cases)]


def text(field):
    return bytes.fromhex(field).decode('utf-8', 'surrogatepass')


def lower(s):
    return re.sub('[A-Z]', lambda m: m.group().lower(), s)


def plain(s):
    return s.replace('\0', '\ufffd')


def attributes(fields):
    """The first of each name counts."""
    out = {}
    for i in range(0, len(fields), 2):
        out.setdefault(plain(lower(text(fields[i]))), text(fields[i + 1]))
    return out


def token(line):
    kind, rest = line[0], line[1:]
    if kind == 'start':
        t = ['StartTag', plain(lower(text(rest[1]))), attributes(rest[2:])]
        return t + [True] if rest[0] == '1' else t
    if kind == 'end':
        return ['EndTag', plain(lower(text(rest[0])))]
    if kind == 'comment':
        return ['Comment', plain(text(rest[0]))]
    if kind == 'doctype':
        ids = [None if f == '-' else plain(text(f)) for f in rest[1:]]
        ids[0] = ids[0] and lower(ids[0])
        return ['DOCTYPE'] + ids + [rest[0] == '0']
    return ['Character', text(rest[0])]


def joined(tokens):
    out = []
    for t in tokens:
        if t[0] == 'Character' and out and out[-1][0] == 'Character':
            out[-1] = ['Character', out[-1][1] + t[1]]
        else:
            out.append(t)
    return out


def unescaped(v):
    if isinstance(v, str):
        return re.sub(r'\\u([0-9A-Fa-f]{4})', lambda m: chr(int(m.group(1), 16)), v)
    if isinstance(v, list):
        return [unescaped(x) for x in v]
    return {unescaped(k): unescaped(x) for k, x in v.items()} if isinstance(v, dict) else v


def is_utf8(s):
    return not any(0xD800 <= ord(c) < 0xE000 for c in s)


def tokenizer_file(dump, path):
    cases, wants = [], []
    tests = json.load(open(path, encoding='utf-8'))
    for test in tests.get('tests', tests.get('xmlViolationTests', [])):
        if test.get('doubleEscaped'):
            test['input'], test['output'] = unescaped(test['input']), unescaped(test['output'])
        if not is_utf8(test['input']):
            continue
        for state in test.get('initialStates', ['Data state']):
            cases.append(('tokens %d %s' % (STATES.index(state), test.get('lastStartTag', 'x-none')),
                          test['input'].encode()))
            wants.append((test['description'], test['input'], joined(test['output'])))
    got = [joined(map(token, lines)) for lines in ask(dump, cases)]
    return [(w[0], w[1], w[2], g) for w, g in zip(wants, got) if w[2] != g], len(cases)


def tree_tests(path):
    """(page, scripting, wanted tree) of each test of a document."""
    raw = open(path, encoding='utf-8', newline='').read()
    for test in re.split(r'(?:^|\n)#data\n', raw)[1:]:
        page, rest = test.split('\n#errors\n', 1) if '\n#errors\n' in test else ('', test[8:])
        head, want = re.split(r'(?:^|\n)#document\n', rest, 1)
        if '#document-fragment' in head or LEFT_OUT in page:
            continue
        if not want.startswith('|') and want.strip():
            raise ValueError(path)
        for on in (False, True) if '#script-' not in head else ('#script-on' in head,):
            yield page, on, want.rstrip('\n')


def tree_lines(lines):
    """The answer in the format of the tests; names of SVG in lower case."""
    out = []
    for line in lines:
        pad, kind, rest = '| ' + '  ' * int(line[0]), line[1], line[2:]
        if kind == 'text':
            t = text(rest[0])
            if out and out[-1][0] == pad + 'text':
                out[-1][1] += t
            else:
                out.append([pad + 'text', t])
            continue
        if kind == 'comment':
            out.append([pad + '<!-- %s -->' % plain(text(rest[0])), None])
        elif kind == 'doctype':
            name, public, system = ['' if f == '-' else plain(text(f)) for f in rest[1:]]
            ids = '' if rest[2:] == ['-', '-'] else ' "%s" "%s"' % (public, system)
            out.append([pad + '<!DOCTYPE %s%s>' % (lower(name), ids), None])
        else:
            name = plain(lower(text(rest[1]))).replace('annotation_xml', 'annotation-xml')
            out.append([pad + '<%s%s>' % (rest[0] and rest[0] + ' ', name), None])
            attrs = attributes(rest[2:])
            for k in sorted(attrs):
                key = re.sub('^(xlink|xmlns|xml(?=:(?:lang|space)$)):', r'\1 ', k) if rest[0] else k
                out.append([pad + '  %s="%s"' % (key, plain(attrs[k])), None])
            if rest[0] == '' and name == 'template':
                out.append([pad + '  content', None])
    return out


def tree_text(lines):
    out = tree_lines(lines)
    return [k if v is None else k[:-4] + '"%s"' % v for k, v in out]


def indented(lines):
    """Put the children of templates below "content", as the tests do."""
    shift, out = [], []
    for line in lines:
        depth = (len(line) - len(line[2:].lstrip(' ')) - 2) // 2 if line.startswith('| ') else None
        if depth is not None:
            while shift and depth <= shift[-1]:
                shift.pop()
            out.append(line[:2] + '  ' * len(shift) + line[2:])
            if line[2:].lstrip(' ') == 'content' and depth > 0:
                out[-1] = line[:2] + '  ' * len(shift) + line[2:]
                shift.append(depth - 1)
        else:
            out.append(line)
    return out


def norm(tree):
    """A tree with the names of SVG and MathML in lower case."""
    out, attrs = [], False
    for line in tree.split('\n'):
        bare = line[2:].lstrip(' ')
        foreign = re.match('<(svg|math) ', bare)
        if foreign or (attrs and re.match('[^"<]*="', bare)):
            line = line.lower()
        if bare.startswith('<'):
            attrs = bool(foreign)
        out.append(line)
    return out if '=' not in tree else sorted_attrs(out)


def sorted_attrs(lines):
    """Attributes of an element in the order of their lower-case names."""
    out, run = [], []
    for line in lines + ['']:
        if re.match(r'\| +[^"<]*="', line):
            run.append(line)
        else:
            out += sorted(run) + [line]
            run = []
    return out[:-1]


def main(dump, where, verbose):
    bad = 0
    for path in sorted(glob.glob(os.path.join(where, 'tokenizer', '*.test'))):
        if 'xmlViolation' in path:
            continue  # of parsers whose trees are XML
        fails, n = tokenizer_file(dump, path)
        print('%-40s %5d of %5d' % (os.path.basename(path), n - len(fails), n))
        bad += len(fails)
        for f in fails if verbose else []:
            print('   ', *map(repr, f), sep='\n    ')
    for path in sorted(glob.glob(os.path.join(where, 'tree-construction', '*.dat'))):
        tests = list(tree_tests(path))
        answers = ask(dump, [('tree %d -' % (0 if t[1] else 1), t[0].encode('utf-8', 'replace'))
                             for t in tests])
        fails = []
        for (page, on, want), lines in zip(tests, answers):
            got = '\n'.join(indented(tree_text(lines)))
            if norm(got) != norm(want):
                fails.append((page, on, want, got))
        print('%-40s %5d of %5d' % (os.path.basename(path), len(tests) - len(fails), len(tests)))
        bad += len(fails)
        for page, on, want, got in fails if verbose else []:
            print('    script %s: %r\n%s\n   got\n%s' % (on, page, want, got))
    return bad > 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2], '-v' in sys.argv))
