#!/usr/bin/env python3
"""markdown.py pages DIR N           write N random pages
markdown.py compare TEXT MARKDOWN  compare documents of both formats

All but white space, digits and the signs '-', '.' and '|' must be equal: the formats mark items and cells in different ways.
Formulas are written as they are, so that delimiters and backslashes do not count on a page that may have one.
"""
import json
import os
import random
import re
import sys

SIGNS = ["*", "**", "_", "__", "`", "``", "```", "~~", "#", "##", "-", "+", ">", "1.", "2)", "===", "---", "[", "]", "[a](b)",
         "[a]:", "!", "<b>", "</p>", "<!--", "&", "&amp;", "|", "a*b", "a_b_c", "*a*", "_a_", "**a", "b**", "`a`", "~~a~~",
         "(a)", "a.", "\u6ce8\uff1a", "\u201ca\u201d", "5 * 3", "<a@b.c>", "http://a.example/c_d_", "~5", "\u00e4",
         "\\", "\\*", "\\\\", "\\_a", "$$", "US$1", "A$", "\\[", "\\)", "<script", "<a href='x'", "</a", "&lt;b", "]("]
INLINE = ["b", "i", "em", "strong", "code", "del", "a href=x", "span"]
BLOCK = ["p", "div", "h2", "h3", "blockquote", "ul", "ol", "pre", "table", "hr", "br"]


def text(r):
    words = [r.choice(SIGNS) if r.random() < .5 else r.choice("abcdefgh") * r.randint(1, 5) for _ in range(r.randint(1, 5))]
    s = "".join(w + r.choice(["", " ", " "]) for w in words)
    return s.replace("&", "&amp;").replace("<", "&lt;")


def inline(r, depth):
    out = []
    for _ in range(r.randint(1, 4)):
        if depth > 0 and r.random() < .5:
            tag = r.choice(INLINE)
            out.append("<%s>%s</%s>" % (tag, inline(r, depth - 1), tag.split()[0]))
        elif r.random() < .1:
            out.append("<br>")
        else:
            out.append(text(r))
    return r.choice(["", " "]).join(out)


def block(r, depth):
    tag = r.choice(BLOCK)
    if tag in ("hr", "br"):
        return "<%s>" % tag
    if tag == "pre":
        return "<pre>%s</pre>" % text(r)
    if tag == "table":
        cell = r.choice(["td", "th"])
        rows = r.randint(1, 3)
        return "<table>%s</table>" % "".join(
            "<tr>" + "".join("<%s>%s</%s>" % (cell, inline(r, 1), cell) for _ in range(r.randint(1, 3))) for _ in range(rows))
    if tag in ("ul", "ol"):
        return "<%s>%s</%s>" % (tag, "".join(
            "<li>" + (blocks(r, depth - 1) if depth > 0 and r.random() < .3 else inline(r, 2)) + "</li>"
            for _ in range(r.randint(1, 3))), tag)
    if tag == "blockquote":
        return "<blockquote>%s</blockquote>" % (blocks(r, depth - 1) if depth > 0 else inline(r, 2))
    return "<%s>%s</%s>" % (tag, inline(r, 3), tag)


def blocks(r, depth):
    return "".join(block(r, depth) for _ in range(r.randint(1, 4)))


def write_pages(directory, n):
    r = random.Random(8)
    for i in range(n):
        with open(os.path.join(directory, "%04d.html" % i), "w", encoding="utf-8") as f:
            f.write("<!doctype html>" + blocks(r, 2))


def rendered(tokens, out, numbers):
    for t in tokens:
        if t.type == "inline":
            rendered(t.children, out, numbers)
        elif t.type in ("text", "code_inline", "fence", "code_block"):
            out.append(t.content)
        elif t.type in ("html_inline", "html_block"):
            out.append("\n" if t.content == "<br>" else "HTML " + t.content)
        elif t.type == "list_item_open" and t.info:
            out.append("\n%s. " % t.info)
        elif t.type in ("softbreak", "hardbreak") or t.type.endswith("_close") and t.block:
            out.append("\n")
    return out


def reduced(s, formulas):
    s = re.sub(r"\\*\||[\s0-9.-]+", "", s)
    return re.sub(r"[\\*_~`]+", "", s) if formulas else s


def compare(text_name, markdown_name):
    from markdown_it import MarkdownIt
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    n = differ = 0
    with open(text_name, encoding="utf-8") as texts, open(markdown_name, encoding="utf-8") as markdowns:
        for a, b in zip(texts, markdowns):
            a, b = json.loads(a), json.loads(b)
            formulas = re.search(r"\$[^$\n]*[\\^_][^$\n]*\$|\\[(\[]", a["text"]) is not None
            want = reduced(a["text"], formulas)
            got = reduced("".join(rendered(parser.parse(b["text"]), [], [])), formulas)
            n += 1
            if want == got:
                continue
            differ += 1
            at = next((k for k in range(min(len(want), len(got))) if want[k] != got[k]), min(len(want), len(got)))
            print("%s differs:\n  text     %r\n  markdown %r" % (a.get("id"), want[max(0, at - 30):at + 40],
                                                               got[max(0, at - 30):at + 40]))
    print("%d pages, %d differ" % (n, differ))
    return differ


if sys.argv[1] == "pages":
    write_pages(sys.argv[2], int(sys.argv[3]))
else:
    sys.exit(compare(*sys.argv[2:]) > 0)
