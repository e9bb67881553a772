#!/usr/bin/env python3
"""Bring the labelled pages of DATA into one form.

usage: collect.py DATA OUT

Writes OUT/pages, the input of blocks.c, and OUT/pages.jsonl, for each page its set, site, fold, type and either the
text of its main content or strings that belong to it and that do not.  The sites are divided into five folds.
"""
import glob
import gzip
import json
import os
import re
import subprocess
import sys
import zlib
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

FOLDS = 5
SECOND_LEVEL = {"co", "com", "org", "net", "gov", "ac", "edu", "or", "ne", "go", "gv"}


def site_of(url):
    """The registered domain of a page, as far as it can be known without a list."""
    parts = (urlsplit(url).hostname or url).split(".")
    keep = 3 if len(parts) > 2 and len(parts[-1]) == 2 and parts[-2] in SECOND_LEVEL else 2
    return ".".join(parts[-keep:])


class Text(HTMLParser):
    """The text of an HTML fragment, with a line end between blocks."""
    INLINE = set("a abbr b bdi bdo cite code em font i img kbd mark q s samp small span strong sub sup time u var".split())

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts = []

    def handle_starttag(self, tag, attrs):
        if tag not in self.INLINE:
            self.parts.append("\n")

    handle_endtag = lambda self, tag: self.handle_starttag(tag, None)

    def handle_data(self, data):
        self.parts.append(data)


def wcxb(data):
    for path in sorted(glob.glob(f"{data}/wcxb/dev/ground-truth/*.json")):
        with open(path) as f:
            d = json.load(f)
        truth = d.get("ground_truth") or {}
        kind = ((d.get("_internal") or {}).get("page_type") or {})
        kind = kind.get("primary", "article") if isinstance(kind, dict) else kind
        page = gzip.open(f"{data}/wcxb/dev/html/{os.path.basename(path)[:-5]}.html.gz").read()
        yield dict(set="wcxb", url=d.get("url", ""), type="collection" if kind == "category" else kind,
                   content=truth.get("main_content") or ""), page


def magic(data):
    for kind in "article", "forum":
        base = f"{data}/magic/benchmark/data/{kind}"
        with open(f"{base}/base.json") as f:
            for key, d in sorted(json.load(f).items()):
                with open(f"{base}/htmls/{key}.html", "rb") as page:
                    yield dict(set=f"magic-{kind}", url=d["url"], content=d["content"]), page.read()


def readability(data):
    for path in sorted(glob.glob(f"{data}/readability/test/test-pages/*/source.html")):
        text = Text()
        with open(path.replace("source.html", "expected.html"), encoding="utf-8") as f:
            text.feed(f.read())
        with open(path, "rb") as f:
            page = f.read()
        found = re.search(rb'<link[^>]*rel="canonical"[^>]*href="([^"]+)"', page)
        url = unescape(found[1].decode("utf-8", "replace")) if found else "//" + path.split("/")[-2]
        yield dict(set="readability", url=url, content="".join(text.parts)), page


def warc_pages(path):
    """The URL, charset and body of each response."""
    data = subprocess.run(["gzip", "-dc", path], check=True, stdout=subprocess.PIPE).stdout
    at = 0
    while data.startswith(b"WARC/", at):
        end = data.index(b"\r\n\r\n", at)
        head = data[at:end].decode("utf-8", "replace")
        size = int(re.search(r"(?im)^content-length:\s*(\d+)", head)[1])
        body = data[end + 4:end + 4 + size]
        at = end + 4 + size + 4
        if re.search(r"(?im)^warc-type:\s*response", head):
            yield re.search(r"(?im)^warc-target-uri:\s*<?(.*?)>?\r?$", head)[1].strip(), body.split(b"\r\n\r\n", 1)[1]


def trafilatura(data):
    truth = {}
    lines = subprocess.run(["zstd", "-dcqf", f"{data}/web/html_pages_trafilatura.groundtruth.jsonl.zst"], check=True,
                           stdout=subprocess.PIPE).stdout.splitlines()
    for line in lines:
        d = json.loads(line)
        truth.setdefault(d["url"].strip(), []).append(d)
    for url, page in warc_pages(f"{data}/web/html_pages_trafilatura.warc.gz"):
        if not truth.get(url):
            continue
        d = truth[url].pop(0)
        try:
            page = page.decode("utf-8").encode()
        except UnicodeDecodeError:
            try:
                page = page.decode(d["declared_charset"] or "windows-1252", "replace").encode()
            except LookupError:
                page = page.decode("windows-1252", "replace").encode()
        yield dict(set="trafilatura", url=url, want=d["must_contain"], refuse=d["must_not_contain"]), page


def main(data, out):
    with open(f"{out}/pages", "wb") as pages, open(f"{out}/pages.jsonl", "w") as rows:
        for source in wcxb, magic, readability, trafilatura:
            for row, page in source(data):
                row["site"] = site_of(row["url"])
                row["fold"] = zlib.crc32(row["site"].encode()) % FOLDS
                page = page.decode("utf-8", "replace").replace("\0", "\ufffd").encode()
                pages.write(b"%d %d\n" % (row["fold"], len(page)) + page)
                rows.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__.split("\n\n")[1])
    main(*sys.argv[1:])
