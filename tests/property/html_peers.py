#!/usr/bin/env python3
"""html_peers.py - compare the trees of web pages with those of lexbor.

usage: html_peers.py DUMP SOURCE [REPORT]

DUMP: the program html5_dump.  SOURCE: a directory of pages, or a WARC file.  REPORT: a file that
gets a line for each page whose tree or text differs, with the first difference.  Prints the counts,
and ends with 1 if texts differ, except in pages that are deeper than tamis makes trees.

Both parsers get the same UTF-8, without scripting.  A tree is compared as HTML in lower case:
names, attributes and their values, texts, comments, the name of the doctype, and their order.
Processing instructions, which lexbor has and tamis takes for comments, only have to be in the same
places.  The text of a page is that of all nodes, scripts included, templates excluded.
"""
import gzip
import os
import re
import subprocess
import sys
import zlib

from selectolax.lexbor import LexborHTMLParser

BOMS = [(b'\xef\xbb\xbf', 'utf-8'), (b'\xff\xfe', 'utf-16-le'), (b'\xfe\xff', 'utf-16-be')]
META = re.compile(rb'<meta[^>]*?charset\s*=\s*["\']?\s*([\w.:-]+)', re.I)
# The codecs that the encoding standard means by these labels.
LABELS = {'iso-8859-1': 'cp1252', 'us-ascii': 'cp1252', 'latin1': 'cp1252', 'gb2312': 'gb18030',
          'gbk': 'gb18030', 'shift_jis': 'cp932', 'shift-jis': 'cp932', 'ks_c_5601-1987': 'cp949',
          'euc-kr': 'cp949', 'iso-8859-9': 'cp1254', 'utf-16': 'utf-8', 'utf8': 'utf-8'}
# The standard copies the chosen option into <selectedcontent>; tamis shows no form fields.
LEFT_OUT = b'<selectedcontent'
INSTRUCTION = re.compile(rb'<!--\?.*?-->|<\?.*?>', re.S)
DEPTH = 512  # HTML_DEPTH


def decoded(page):
    """A page as UTF-8."""
    for bom, name in BOMS:
        if page.startswith(bom):
            return page[len(bom):].decode(name, 'replace').encode('utf-8', 'replace')
    found = META.search(page, 0, 4096)
    label = found.group(1).decode().lower() if found else 'utf-8'
    try:
        text = page.decode(LABELS.get(label, label), 'replace')
    except (LookupError, UnicodeError):
        text = page.decode('utf-8', 'replace')
    return text.encode('utf-8', 'replace')


def unchunked(body):
    out = b''
    while True:
        size, _, body = body.partition(b'\r\n')
        n = int(size.split(b';')[0], 16)
        if n == 0:
            return out
        out, body = out + body[:n], body[n + 2:]


def body_of(response):
    """The page of an HTTP response; None: it has none."""
    head, _, body = response.partition(b'\r\n\r\n')
    head = head.lower()
    if not head.startswith(b'http/') or b'html' not in head:
        return None
    try:
        if b'transfer-encoding: chunked' in head:
            body = unchunked(body)
        if b'content-encoding: gzip' in head:
            body = zlib.decompress(body, 31)
    except (ValueError, zlib.error):
        return None
    return body


def warc_pages(path):
    with (gzip.open if path.endswith('.gz') else open)(path, 'rb') as f:
        n = 0
        for line in f:
            if not line.startswith(b'WARC/'):
                continue
            head = {}
            for line in iter(f.readline, b'\r\n'):
                if not line:
                    return
                name, _, value = line.partition(b':')
                head[name.strip().lower()] = value.strip()
            block = f.read(int(head.get(b'content-length', 0)))
            page = body_of(block) if head.get(b'warc-type') == b'response' else None
            if page:
                n += 1
                yield head.get(b'warc-target-uri', b'%d' % n).decode('utf-8', 'replace'), page


def pages(source):
    if not os.path.isdir(source):
        yield from warc_pages(source)
        return
    for where, dirs, files in os.walk(source):
        dirs.sort()
        for name in sorted(files):
            path = os.path.join(where, name)
            with open(path, 'rb') as f:
                yield os.path.relpath(path, source), f.read()


class Ours:
    def __init__(self, dump):
        self.p = subprocess.Popen([dump], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def parse(self, page):
        """The tree as HTML, its text, its depth."""
        self.p.stdin.write(b'html 1 - %d\n%s' % (len(page), page))
        self.p.stdin.flush()
        html, text, depth = map(int, self.p.stdout.readline().split())
        return self.p.stdout.read(html), self.p.stdout.read(text), depth


def lexbor(page):
    parser = LexborHTMLParser(page)
    text = parser.root.text(deep=True) if parser.root else ''
    return (parser.html or '').encode(), text.encode()


def first_difference(ours, peer):
    """Where two strings differ, with what is around."""
    low = 0
    high = min(len(ours), len(peer))
    while low < high:
        middle = (low + high + 1) // 2
        if ours[low:middle] == peer[low:middle]:
            low = middle
        else:
            high = middle - 1
    around = slice(max(0, low - 80), low + 80)
    return 'byte %d: ours %r, lexbor %r' % (low, ours[around], peer[around])


def main(dump, source, report):
    ours = Ours(dump)
    count = dict.fromkeys(['equal', 'left out', 'deep tree', 'deep text', 'tree', 'text'], 0)
    size = 0
    for name, page in pages(source):
        page = decoded(page)
        size += len(page)
        html, text, depth = ours.parse(page)
        peer_html, peer_text = lexbor(page)
        html, peer_html = [INSTRUCTION.sub(b'<?>', h.lower()) for h in (html, peer_html)]
        if html == peer_html:
            count['equal'] += 1
            continue
        what, pair = ('tree', (html, peer_html)) if text == peer_text else ('text', (text, peer_text))
        if LEFT_OUT in peer_html:
            what = 'left out'
        elif depth >= DEPTH:
            what = 'deep ' + what
        count[what] += 1
        print('%s\t%s\t%s' % (what, name, first_difference(*pair)), file=report)
    print('%d pages, %d MB: %d trees equal those of lexbor, %d with the same text do not, %d texts differ'
          % (sum(count.values()), size // 1000000, count['equal'], count['tree'], count['text']))
    print('not made for their depth: parts of %d trees, of %d with other text; not compared for '
          '<selectedcontent>: %d' % (count['deep tree'] + count['deep text'], count['deep text'],
                                     count['left out']))
    return count['text'] > 0


if __name__ == '__main__':
    with open(sys.argv[3] if len(sys.argv) > 3 else os.devnull, 'w', encoding='utf-8') as out:
        sys.exit(main(sys.argv[1], sys.argv[2], out))
