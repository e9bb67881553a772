#!/usr/bin/env python3
"""prepare.py - turn corpora into training documents for langid-train.

usage: prepare.py CORPUS > documents.jsonl

CORPUS is a directory with any of
    langid/train.tar.zst               LABEL.SOURCE.txt in a tar, one sentence per line
    multilingual/multilingual.jsonl.zst, english/english.jsonl.zst
    LABEL.SOURCE.txt                   more files of the first kind
A label is a language with an optional script, such as en or zh-Hant.  The documents have the
fields text (lines), lang, lang_script if the label has a script, source, and weight, the
sampling weight of the source within its language.  The same corpora give the same bytes.
"""
import html
import io
import json
import os
import re
import subprocess
import sys
import tarfile

LINE_MAX = 1500  # characters
CHUNK = 5000  # lines of a document

# User interface strings over-represent the words of menus, so they count half.
WEIGHT = {"mw": 0.5, "osm": 0.5, "fx": 0.5, "tldr": 0.7}
# Languages with too little or too poor text to be distinguished.
SKIPPED = {"mi", "kpv", "ace", "xh", "sn", "bas", "vot", "cnh"}
# Treebanks whose licence forbids commercial use.
NON_COMMERCIAL = ("Estonian-EDT", "Galician-CTG", "Greek-GDT", "Hungarian", "Italian", "Polish",
                  "Tamil", "Ukrainian", "Urdu", "Basque")
# Characters of written Cantonese that standard Chinese does not use.
CANTONESE = set("嘅咗唔喺佢啲冇嚟睇哋咁嗰嘢乜啱瞓")

SENTENCE_END = re.compile(r"(?<=[.!?।။])\s+|(?<=[。！？])")
LATIN = re.compile(r"[A-Za-z]")
OTHER = re.compile(r"[\u0370-\u1fff\u2c00-\ud7ff\uf900-\uffdc]")


def digraphs(letters, latin):
    table = dict(zip(letters, latin.split()))
    table.update({k.upper(): v.capitalize() for k, v in list(table.items())})
    return table


SERBIAN = digraphs("абвгдђежзијклљмнњопрстћуфхцчџш",
                   "a b v g d đ e ž z i j k l lj m n nj o p r s t ć u f h c č dž š")
RUSSIAN = digraphs("абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
                   "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch ' y ' e yu ya")
RUSSIAN.update({c: "" for c in "ъьЪЬ"})
BULGARIAN = digraphs("абвгдежзийклмнопрстуфхцчшщъьюя",
                     "a b v g d e zh z i y k l m n o p r s t u f h ts ch sh sht a y yu ya")
GREEK = digraphs("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",
                 "a v g d e z i th i k l m n x o p r s s t y f ch ps o a e i i o y o i y i y")

# The blocks of the Indic scripts share one order: offset in the block to letters.
INDIC_VOWELS = dict(zip(range(0x05, 0x15), "a aa i ee u oo ri l e e e ai o o o au".split()))
INDIC_SIGNS = dict(zip(range(0x3e, 0x4d), "aa i ee u oo ri ri e e e ai o o o au".split()))
INDIC_CONSONANTS = dict(zip(range(0x15, 0x3a),
                            "k kh g gh n ch chh j jh n t th d dh n t th d dh n n p ph b bh m y r r l l l v "
                            "sh sh s h".split()))
INDIC = {"hi": (0x900, "a", False), "bn": (0x980, "o", False), "ta": (0xb80, "a", True),
         "te": (0xc00, "a", True), "ml": (0xd00, "a", True)}


def indic_to_latin(line, lang):
    """Romanise as people type: no diacritics, and no silent vowel at the end of a word."""
    base, inherent, keeps_last = INDIC[lang]
    out = []
    pending = False
    for c in line + " ":
        at = ord(c) - base
        if pending and at not in INDIC_SIGNS and at != 0x4d:
            ends = not 0 <= at < 0x80
            out.append("" if ends and not keeps_last else inherent)
        pending = at in INDIC_CONSONANTS
        if pending:
            out.append(INDIC_CONSONANTS[at])
        elif at in INDIC_VOWELS:
            out.append(INDIC_VOWELS[at])
        elif at in INDIC_SIGNS:
            out.append(INDIC_SIGNS[at])
        elif at in (0x01, 0x02):
            out.append("n")
        elif not 0 <= at < 0x80:
            out.append(c)
    return "".join(out)[:-1]


def letters_to_latin(table):
    return lambda line: "".join(table.get(c, c) for c in line)


ROMANISED = {"ru": letters_to_latin(RUSSIAN), "bg": letters_to_latin(BULGARIAN),
             "el": letters_to_latin(GREEK)}
ROMANISED.update({lang: lambda line, lang=lang: indic_to_latin(line, lang) for lang in INDIC})
ROMANISED_BYTES = 200000  # per language, because romanisation is a guess


class Lines:
    """Distinct lines by label and source, in input order."""

    def __init__(self):
        self.seen = {}
        self.lines = {}
        self.romanised = {}

    def put(self, label, source, line):
        line = " ".join(line.split())[:LINE_MAX]
        if len(line.encode()) < 12 or label in SKIPPED:
            return
        if self.is_foreign(label, line):
            return
        seen = self.seen.setdefault(label, set())
        if line in seen:
            return
        seen.add(line)
        self.lines.setdefault((label, source), []).append(line)
        if label == "sr":
            self.put("sr-Latn", source, letters_to_latin(SERBIAN)(line))
        elif label in ROMANISED and self.romanised.get(label, 0) < ROMANISED_BYTES:
            latin = ROMANISED[label](line)
            if label in INDIC and len(seen) % 3:
                latin = latin.replace("aa", "a").replace("ee", "i").replace("oo", "u")
            self.romanised[label] = self.romanised.get(label, 0) + len(latin)
            self.put(label + "-Latn", source, latin)

    @staticmethod
    def is_foreign(label, line):
        """Return whether a line of a non-Latin language is mostly in Latin letters."""
        if label not in NOT_LATIN:
            return False
        return len(LATIN.findall(line)) >= len(OTHER.findall(line))

    def write(self, out):
        for label, source in sorted(self.lines):
            lang, _, script = label.partition("-")
            doc = {"lang": {"nb": "no"}.get(lang, lang)}
            if script:
                doc["lang_script"] = script
            doc["source"] = source
            if source in WEIGHT:
                doc["weight"] = WEIGHT[source]
            lines = self.lines[label, source]
            for i in range(0, len(lines), CHUNK):
                doc["text"] = "\n".join(lines[i:i + CHUNK])
                out.write(json.dumps(doc, ensure_ascii=False) + "\n")


NOT_LATIN = set("ab am ar as ba be bg bn bo ckb cv dv dz el fa gu he hi hy ja ka kk km kn ko ky lo mk ml mn mr "
                "my ne or pa ps ru sa sah sd si sr ta te tg th tt ug uk ur yi yue zh-Hans zh-Hant".split())


def without_markup(line):
    line = re.sub(r"<[^>]*>", " ", line)
    line = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", line)
    line = re.sub(r"!?\[([^\]]*)\]\[[^\]]*\]", r"\1", line)
    line = re.sub(r"``[^`]*``|`[^`]*`", " ", line)
    line = re.sub(r"https?://\S+", " ", line)
    line = re.sub(r"^[#>*+\-|\d. ]+", "", line)
    line = re.sub(r"[*_|]{1,3}", " ", line)
    return html.unescape(re.sub(r":[a-z]+:`?", "", line))


def markdown(lines, text, label, source):
    code = False
    for line in text.split("\n"):
        line = line.strip()
        if line.startswith(("```", "~~~")):
            code = not code
        elif code:
            if len(line) > 8:
                lines.put("zxx", source, line)
        else:
            line = without_markup(line)
            if len(line) > 15:
                lines.put(label, source, line)


def wikitext(lines, text, label):
    text = re.sub(r"(?s)<ref[^>]*/>|<ref.*?</ref>|<!--.*?-->|<math.*?</math>|<gallery.*?</gallery>", "", text)
    for _ in range(4):
        text = re.sub(r"(?s)\{\{[^{}]*\}\}", "", text)
    text = re.sub(r"(?s)\{\|.*?\|\}", "", text)
    text = re.sub(r"\[\[[^\[\]|]*:[^\[\]]*\]\]", "", text)
    text = re.sub(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]", r"\1", text)
    text = re.sub(r"\[https?://\S+ ?([^\]]*)\]", r"\1", text)
    text = re.sub(r"'{2,}|<[^>]*>", "", text)
    for line in text.split("\n"):
        line = line.strip()
        if line and line[0] not in "{|!}=" and len(line) > 30 and not re.search(r"[{}|]{2}", line):
            lines.put(label, "wiki", html.unescape(line.lstrip("*#:; ")))


def tldr(lines, text, label):
    for line in text.split("\n"):
        if line.startswith(("> ", "- ")):
            line = re.sub(r"<[^>]*>|`[^`]*`", " ", line[2:])
            if len(line) > 15 and "nformati" not in line[:12]:
                lines.put(label, "tldr", line)
        elif line.startswith("`"):
            lines.put("zxx", "tldr", line.strip("`"))


def interface_strings(lines, text, label):
    for line in text.split("\n"):
        found = re.match(r"\s*[\w-]+:\s+['\"]?(.*?)['\"]?$", line)
        if found:
            value = re.sub(r"%\{[^}]*\}|<[^>]*>|https?://\S+", " ", found.group(1))
            if len(value) > 20:
                lines.put(label, "osm", value)


def multilingual(lines, doc, known):
    source, label, name, text = doc["source"], doc["lang"], doc["id"], doc["text"]
    if label == "no":
        label = "nb"
    if label == "zh":
        label = "zh-Hant" if re.search(r"zh[-_]?(tw|hk|hant|mo)|/(tw|hk|mo)/", name, re.I) else "zh-Hans"
    if label not in known:
        return
    if source.startswith("UD:"):
        if any(name in source for name in NON_COMMERCIAL):
            return
        # Its Serbian is in Latin letters.
        label = "sr-Latn" if label == "sr" else label
        for part in text.split("\n"):
            for line in SENTENCE_END.split(part):
                lines.put(label, "ud", line)
    elif source.startswith("docs:microsoft"):
        markdown(lines, text, label, "iot")
    elif source.startswith("docs:tldr"):
        tldr(lines, text, label)
    elif source.startswith("docs:python"):
        markdown(lines, text, label, "py")
    elif source.startswith("bible"):
        for line in text.split("\n"):
            lines.put(label, "bible", line)
    elif source.startswith("encyclopedic"):
        wikitext(lines, text, label)
    elif source.startswith("ui-strings"):
        interface_strings(lines, text, label)
    # Sentences of Tatoeba are reserved for testing.


def english(lines, doc, number):
    source, text = doc["source"], doc["text"]
    if source.startswith("docs:Microsoft"):
        if number % 8 == 0:
            markdown(lines, text, "en", "cpp")
    elif source.startswith("papers:stacks"):
        for line in text.split("\n")[:400]:
            if line.startswith("\\") or "$" in line:
                lines.put("zxx", "tex", line)
    elif source.startswith("encyclopedic"):
        wikitext(lines, text, "en")
    elif source.startswith("docs:python"):
        for line in text.split("\n"):
            if line.startswith("        ") and re.search(r"[=(){}\[\]:]", line):
                lines.put("zxx", "pep", line)
    else:
        every = 5 if source.startswith("books") else 1
        for line in text.split("\n")[::every]:
            line = re.sub(r"<[^>]*>", " ", line)
            if len(line) > 40:
                lines.put("en", re.split("[:/]", source)[0], line)


def sentences(lines, name, file):
    label, source, _ = os.path.basename(name).rsplit(".", 2)
    for line in file:
        line = html.unescape(re.sub(r"<[^>]*>", " ", line))
        own = "yue" if label == "zh-Hant" and CANTONESE & set(line) else label
        lines.put(own, source, line)


def noise(lines):
    """Add noise: one or a few letters, repeated."""
    letters = "abcdefghijklmnopqrstuvwxyzабвгдежзиклмнопрстуابتثجحخدअआकगनक的了一是\u0301\u0300\u0308\u064b"
    state = 1
    for _ in range(6000):
        state = state * 48271 % 2147483647
        unit = "".join(letters[(state >> 4 * i) % len(letters)] for i in range(1 + state % 3))
        times = 3 + state // 7 % 60
        between = ("", "", " ", "\u200b")[state // 1000 % 4]
        lines.put("und", "rep", between.join([unit] * times) + "." * (12 - min(12, times)))


def unpacked(path):
    """Return the decompressed bytes of a .zst file."""
    return subprocess.run(["zstd", "-dcq", "--long=27", path], check=True, stdout=subprocess.PIPE).stdout


def documents(path):
    if os.path.exists(path):
        for line in unpacked(path).decode().split("\n"):
            if line:
                yield json.loads(line)


def sentence_files(corpus):
    """Yield the name and text of each LABEL.SOURCE.txt, sorted by name."""
    path = os.path.join(corpus, "langid", "train.tar.zst")
    if os.path.exists(path):
        with tarfile.open(fileobj=io.BytesIO(unpacked(path))) as tar:
            for member in sorted(tar.getmembers(), key=lambda m: m.name):
                if member.name.endswith(".txt"):
                    yield member.name, tar.extractfile(member).read().decode(errors="replace")
    for name in sorted(os.listdir(corpus)):
        if re.fullmatch(r"[A-Za-z-]+\.[a-z0-9]+\.txt", name):
            with open(os.path.join(corpus, name), encoding="utf-8", errors="replace") as file:
                yield name, file.read()


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    corpus = sys.argv[1]
    lines = Lines()
    files = list(sentence_files(corpus))
    known = {os.path.basename(name).rsplit(".", 2)[0] for name, _ in files}
    for doc in documents(os.path.join(corpus, "multilingual", "multilingual.jsonl.zst")):
        multilingual(lines, doc, known)
    for number, doc in enumerate(documents(os.path.join(corpus, "english", "english.jsonl.zst"))):
        english(lines, doc, number)
    for name, text in files:
        sentences(lines, name, text.split("\n"))
    noise(lines)
    if len(lines.lines) == 1:
        sys.exit("prepare.py: %s: contains no known corpus: README.md lists them" % corpus)
    lines.write(sys.stdout)


if __name__ == "__main__":
    main()
