#!/usr/bin/env python3
"""Count letters in texts of CORPUS and write the model with which tamis extract detects charsets.

usage: train.py CORPUS >charset.model

The model holds, as described in filters/web/charset/charset_model.h, the characters of single-byte charsets, the cost
of each pair of letters in 47 languages, and the cost of each character in Chinese, Japanese and Korean.
"""
import codecs
import collections
import io
import json
import math
import os
import re
import struct
import subprocess
import sys
import tarfile
import unicodedata

LATIN = "abcdefghijklmnopqrstuvwxyz"
# Letters that each source may add to a language.
SOURCE_MAX = 600000
# Letters rarer than this, among those outside ASCII, are foreign.
RARE = 1e-4
ALPHABET_MAX = 90
# What a character is: a letter, or else one of these.  Undefined bytes and controls are the last kind.
OPENING, CLOSING, DASH, BLANK, SYMBOL = (
    "\u201e\u201c\u00ab\u2018\u201a\u2039\u00bf\u00a1", "\u201d\u2019\u00bb\u203a\u060c\u061b\u061f",
    "\u2013\u2014\u2015\u2026\u2022\u00b7", "\u00a0\u200c\u200d\u200e\u200f\u00ad",
    "\u00b0\u00a9\u00ae\u2122\u20ac\u00a3\u00a7\u2116\u00b2\u00b3\u00aa\u00ba\u00bd\u00b1\u00d7\u00b5\u0e3f\u20aa\u20ab")
LETTER, RARE_SYMBOL, UNDEFINED = 0, 6, 7
SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "HEBREW", "ARABIC", "THAI", "COMBINING")
NON_COMMERCIAL = ("Estonian-EDT", "Galician-CTG", "Greek-GDT", "Hungarian-Szeged", "Italian-ISDT", "Italian-VIT",
                  "Polish-PDB", "Tamil-TTB", "Ukrainian-IU", "Urdu-UDTB", "Basque-BDT")

WEST = "en fr de es pt it nl da sv nb fi is ca gl eu ga sq"
CENTRAL = "cs sk pl hu sl hr ro sr-Latn de sq"
CYRILLIC = "ru uk be bg mk sr"
# Charset as ICU names it, codec of Python, prior cost in bits, languages.  The order decides between equal costs.
CHARSETS = [
    ("windows-1252", "cp1252", 0, WEST),
    ("windows-1251", "cp1251", 1, CYRILLIC),
    ("windows-1250", "cp1250", 2, CENTRAL),
    ("windows-1253", "cp1253", 2, "el"),
    ("windows-1254", "cp1254", 2, "tr az"),
    ("windows-1255", "cp1255", 2, "he yi"),
    ("windows-1256", "cp1256", 2, "ar fa ur"),
    ("windows-1257", "cp1257", 3, "lt lv et"),
    ("windows-1258", "cp1258", 4, "vi-1258"),
    ("windows-874", "cp874", 5, "th"),
    ("koi8-r", "koi8_r", 3, "ru bg"),
    ("koi8-u", "koi8_u", 4, "uk be"),
    ("iso-8859-2", "iso8859_2", 3, CENTRAL),
    ("iso-8859-5", "iso8859_5", 4, CYRILLIC),
    ("iso-8859-7", "iso8859_7", 3, "el"),
    ("iso-8859-8", "iso8859_8", 4, "he yi"),
    ("iso-8859-6", "iso8859_6", 4, "ar"),
    ("ibm866", "cp866", 6, "ru uk be bg"),
    ("iso-8859-15", "iso8859_15", 4, WEST + " et"),
    ("iso-8859-13", "iso8859_13", 5, "lt lv et"),
    ("iso-8859-4", "iso8859_4", 6, "lt lv et"),
    ("x-mac-cyrillic", "mac_cyrillic", 10, CYRILLIC),
    ("macintosh", "mac_roman", 12, "fr de es pt it nl da sv nb fi is ca"),
    ("iso-8859-3", "iso8859_3", 9, "eo mt"),
    ("iso-8859-10", "iso8859_10", 10, "is nb sv"),
    ("iso-8859-14", "iso8859_14", 10, "ga cy"),
    ("iso-8859-16", "iso8859_16", 10, "ro"),
    ("ibm-850", "cp850", 12, "fr de es pt it nl da sv nb fi ca"),
    ("ibm-852", "cp852", 12, CENTRAL),
    ("ibm-855", "cp855", 12, "ru bg sr mk uk be"),
    ("x-mac-centraleurroman", "mac_latin2", 12, CENTRAL),
]
LANGUAGES = sorted({language for row in CHARSETS for language in row[3].split()})
IDEOGRAPHIC = ("zh-Hans", "zh-Hant", "ja", "ko")
# The ranges of the tables of characters: Han, Hangul, kana and punctuation, wide forms.
RANGES = ((0x4E00, 0xA000), (0xAC00, 0xD7A4), (0x3000, 0x3100), (0xFF00, 0xFFF0))

VIETNAMESE_MARKS = "\u0300\u0301\u0303\u0309\u0323"


def unpacked(path):
    return subprocess.run(["zstd", "-dcq", "--long=27", path], check=True, stdout=subprocess.PIPE).stdout


def label_of(doc):
    label, name = doc.get("lang"), doc["id"]
    if label == "no":
        return "nb"
    if label == "zh":
        return "zh-Hant" if re.search(r"zh[-_]?(tw|hk|hant|mo)|/(tw|hk|mo)/", name, re.I) else "zh-Hans"
    if label == "sr" and doc["source"].startswith("UD:"):
        return "sr-Latn"
    return label


def texts(corpus):
    """Yield (language, source, text).  Tatoeba, Wikipedia and the Declaration of Human Rights remain for tests."""
    with tarfile.open(fileobj=io.BytesIO(unpacked(os.path.join(corpus, "langid", "train.tar.zst")))) as tar:
        for member in sorted(tar.getmembers(), key=lambda m: m.name):
            if member.name.endswith(".txt"):
                label, source, _ = os.path.basename(member.name).rsplit(".", 2)
                text = tar.extractfile(member).read().decode(errors="replace")
                for start in range(0, len(text), 10000):
                    yield label, source, text[start:start + 10000]
    for line in unpacked(os.path.join(corpus, "multilingual", "multilingual.jsonl.zst")).split(b"\n"):
        if line:
            doc = json.loads(line)
            source = doc["source"]
            if not source.startswith(("sentences", "encyclopedic")) and not source.endswith(NON_COMMERCIAL):
                yield label_of(doc), source.split(":")[0] + source[5:9], doc["text"]


def vietnamese(text):
    """As windows-1258 writes it: tones are marks that follow the letter."""
    out = []
    for c in text:
        parts = unicodedata.normalize("NFD", c)
        tone = [m for m in parts[1:] if m in VIETNAMESE_MARKS]
        if tone and len(parts) > 1:
            try:
                c.encode("cp1258")
                out.append(c)
            except UnicodeEncodeError:
                base = unicodedata.normalize("NFC", parts[0] + "".join(m for m in parts[1:] if m not in VIETNAMESE_MARKS))
                out.append(base + "".join(tone))
        else:
            out.append(c)
    return "".join(out)


def legacy(language, text):
    """As charsets of eight bits can write it."""
    if language == "ro":
        return text.translate({0x219: 0x15F, 0x21B: 0x163, 0x218: 0x15E, 0x21A: 0x162})
    if language in ("yi", "he"):
        return unicodedata.normalize("NFD", text)
    if language in ("fa", "ar", "ur"):
        # Windows-1256 has neither the Persian yeh nor the Urdu letters for which it has other shapes.
        return text.translate({0x6CC: 0x64A if language == "fa" else 0x6CC})
    return text


class Language:
    """Counts of pairs of letters.  The classes are space, digit, punctuation, and letters in lower case."""

    def __init__(self, name):
        self.name, self.counts, self.sources = name, collections.Counter(), collections.Counter()

    def add(self, source, text):
        if self.sources[source] < SOURCE_MAX:
            self.sources[source] += len(text)
            text = re.sub(r"\s+", " ", text.replace("\u0130", "i").lower())
            self.counts.update(zip(text, text[1:]))

    def table(self):
        letters = collections.Counter()
        for (a, _), n in self.counts.items():
            if ord(a) >= 0x80 and kind_of(a) == LETTER:
                letters[script_of(a), a] += n
        scripts = collections.Counter()
        for (script, _), n in letters.items():
            scripts[script] += n
        script = scripts.most_common(1)[0][0]
        letters = collections.Counter({c: n for (s, c), n in letters.items()
                                       if s in (script, "COMBINING") and ord(c) < 0xFB00})
        total = sum(letters.values())
        own = sorted(c for c, n in letters.most_common(ALPHABET_MAX) if n > RARE * total)
        latin = sum(n for (a, _), n in self.counts.items() if a in LATIN) > total
        index = {c: 3 + i for i, c in enumerate(LATIN)} if latin else {c: 3 for c in LATIN}
        first = 29 if latin else 4
        index.update((c, first + i) for i, c in enumerate(own))
        size = first + len(own)
        pairs = [[0] * size for _ in range(size)]
        for (a, b), n in self.counts.items():
            i, j = (index.get(c, class_of_ascii(c)) for c in (a, b))
            if i is not None and j is not None:
                pairs[i][j] += n
        return latin, own, costs(pairs)


def kind_of(c):
    for kind, characters in enumerate((OPENING, CLOSING, DASH, BLANK, SYMBOL), 1):
        if c in characters:
            return kind
    category = unicodedata.category(c)
    if category[0] in "LM" and category != "Lm":
        return LETTER
    return UNDEFINED if category[0] == "C" or c == "\ufffd" else RARE_SYMBOL


def script_of(c):
    return unicodedata.name(c, "").split(" ")[0]


def class_of_ascii(c):
    """None: outside ASCII and foreign."""
    if ord(c) >= 0x80:
        return None
    return 0 if c <= " " else 1 if c.isdigit() else 2


def costs(pairs):
    """-log2 of the probability of each class after another, in eighths of a bit."""
    size = len(pairs)
    unigram = [1 + sum(pairs[i][j] for i in range(size)) for j in range(size)]
    total = sum(unigram)
    out = bytearray()
    for row in pairs:
        n = sum(row)
        for j in range(size):
            p = (row[j] + 10 * unigram[j] / total) / (n + 10)
            out.append(min(15 * 8, round(-8 * math.log2(p))))
    return bytes(out)


def ideograms(counts):
    total = sum(counts.values())
    out = bytearray()
    for low, high in RANGES:
        for c in range(low, high):
            n = counts[chr(c)]
            out.append(round(8 * math.log2(total / n)) if n > 1 else 18 * 8 if n else 20 * 8)
    return bytes(min(20 * 8, c) for c in out)


def characters_of(codec):
    """For the bytes from 0x80: code point, code point in lower case, kind, case (0 none, 1 lower, 2 upper)."""
    out = b""
    for byte in range(0x80, 0x100):
        c = bytes([byte]).decode(codec, "replace")
        lower = "i" if c == "\u0130" else c.lower() if len(c.lower()) == 1 else c
        case = 2 if lower != c else 1 if c.islower() else 0
        out += struct.pack("<HHBB", ord(c), ord(lower), kind_of(c), case)
    return out


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    languages = {name: Language(name) for name in LANGUAGES}
    characters = {name: collections.Counter() for name in IDEOGRAPHIC}
    seen = collections.Counter()
    for label, source, text in texts(sys.argv[1]):
        if label in characters and seen[label, source] < 4 * SOURCE_MAX:
            seen[label, source] += len(text)
            characters[label].update(text)
        for name in (label, label + "-1258"):
            if name in languages:
                languages[name].add(source, vietnamese(text) if name != label else legacy(name, text))
    out = sys.stdout.buffer
    out.write(b"tamiscs1" + struct.pack("<IIII", len(CHARSETS), len(LANGUAGES), len(IDEOGRAPHIC), 0))
    for name, codec, prior, of in CHARSETS:
        mask = sum(1 << LANGUAGES.index(language) for language in of.split())
        out.write(struct.pack("<24sIQ", name.encode(), prior, mask))
        out.write(characters_of(codec))
    for name in LANGUAGES:
        latin, own, table = languages[name].table()
        out.write(struct.pack("<12sBBH", name.encode(), latin, len(own), 0))
        out.write(struct.pack("<%dH" % len(own), *map(ord, own)))
        out.write(table)
        sys.stderr.write("%s: %d letters of its own: %s\n" % (name, len(own), "".join(own)))
    for name in IDEOGRAPHIC:
        out.write(ideograms(characters[name]))


if __name__ == "__main__":
    main()
