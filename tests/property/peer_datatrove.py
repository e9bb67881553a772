"""peer_datatrove.py - datatrove's own filters against ours, on our words and sentences.

usage: peer_datatrove.py TAMIS [-v] [--every N] [FILE...]

FILE: JSON lines, plain or .zst; without one, documents made to be difficult.  Each
filter of datatrove judges each document; it is given the words and sentences that
"tamis quality --segments" finds.  Prints, for each filter, how many documents there
were and on how many verdict or first reason differ; -v names those.  Documents on which
datatrove divides by zero are counted apart.  Exit 1 if more than one in a thousand
differs, or a text that C4's rules edit comes out differently.
"""
import argparse
import json
import random
import subprocess
import sys
import tempfile
import warnings

import datatrove.utils.word_tokenizers as word_tokenizers
from datatrove.data import Document
from datatrove.pipeline.filters import (
    C4ParagraphFilter,
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
)
from datatrove.pipeline.filters.c4_filters import CITATION_REGEX

# Our names of datatrove's reasons.
GOPHER = {
    "gopher_short_doc": "gopher.min_words",
    "gopher_long_doc": "gopher.max_words",
    "gopher_below_avg_threshold": "gopher.min_word_length",
    "gopher_above_avg_threshold": "gopher.max_word_length",
    "gopher_too_many_hashes": "gopher.max_hashes",
    "gopher_too_many_ellipsis": "gopher.max_ellipses",
    "gopher_too_many_bullets": "gopher.max_bullet_lines",
    "gopher_too_many_end_ellipsis": "gopher.max_ellipsis_lines",
    "gopher_below_alpha_threshold": "gopher.min_alpha_words",
    "gopher_enough_stop_words": "gopher.min_stop_words",
}
REPETITION = {
    "empty": "gopher-rep.min_chars",
    "dup_para_frac": "gopher-rep.max_dup_paras",
    "dup_para_char_frac": "gopher-rep.max_dup_para_chars",
    "dup_line_frac": "gopher-rep.max_dup_lines",
    "dup_line_char_frac": "gopher-rep.max_dup_line_chars",
    **{f"top_{n}_gram": f"gopher-rep.max_top_{n}_gram" for n in (2, 3, 4)},
    **{f"duplicated_{n}_n_grams": f"gopher-rep.max_dup_{n}_grams" for n in range(5, 11)},
}
C4 = {
    "lorem_ipsum": "c4.max_lorem_ipsum",
    "curly_bracket": "c4.max_curly_bracket",
    "too_few_sentences": "c4.min_sentences",
}
FINEWEB = {
    "empty": "fineweb.min_lines",
    "line_punct_ratio": "fineweb.min_line_punct",
    "short_line_ratio": "fineweb.max_short_lines",
    "char_dup_ratio": "fineweb.max_dup_line_chars",
    "list_ratio": "fineweb.max_line_feeds",
}
PARAGRAPH = {"< 3 paragraphs": "c4-para.min_paragraphs"}

# Name, arguments of tamis, datatrove's filter, reasons.
FILTERS = [
    ("gopher", ["--rules", "gopher"], GopherQualityFilter(), GOPHER),
    ("gopher-rep", ["--rules", "gopher-rep"], GopherRepetitionFilter(), REPETITION),
    ("c4", ["--rules", "c4"], C4QualityFilter(), C4),
    (
        "c4, no terminal_punct",
        ["--rules", "c4", "--set", "c4.terminal_punct=off"],
        C4QualityFilter(filter_no_terminal_punct=False),
        C4,
    ),
    ("fineweb", ["--rules", "fineweb"], FineWebQualityFilter(), FINEWEB),
    ("c4-para", ["--rules", "c4-para"], C4ParagraphFilter(), PARAGRAPH),
]


class Ours(word_tokenizers.WordTokenizer):
    """Words of texts and sentences of lines, as tamis found them before."""

    words = {}
    sentences = {}

    def word_tokenize(self, text):
        return self.words[text]

    def sent_tokenize(self, text):
        raise NotImplementedError

    def span_tokenize(self, text):
        # Only their number is asked for.
        return [(0, 0)] * self.sentences[text]


def made_up():
    """Documents with all that may be taken for something else."""
    r = random.Random(7)
    ends = ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
    blanks = [" ", "\t", "\xa0", "\u3000", "\u2003", "\u200b", "\u202f", "\x1f", "\ufeff"]
    odd = [
        "e\u0301", "\u0301", "\u200f", "\U0001f469\u200d\U0001f4bb", "\U00010400", "\u0e44\u0e17\u0e22",
        "\u6f22\u5b57", "\u304b\u306a", "\ud55c\uad6d\uc5b4", "\u05e9\u05dc\u05d5\u05dd", "\u0130", "\u212a",
        "#", "...", "\u2026", "....", "\u2022", "-", "--", "{", "}", "[1]", "[edit]", "[citation needed]",
        "[[2]3]", "[\u0663]", "[]", "lorem", "ipsum", "Lorem Ipsum", "JavaScript", "java[1]script",
        "Terms of Use", "coo\u212aie policy", "use cookies", "\"", "'", ".", "?", "!", "\u3002", "\u17d4",
        "x" * 1001, "y" * 1000, "a\u0301" * 600, "1", "11", "111", "_", "@", "a.b", "it's",
    ]
    plain = "the of and to that with have be a in it was for on as at by from this not are which or you".split()
    plain += ["word%d" % i for i in range(300)]
    texts = ["", " ", "\n", "\n\n", "\n\n\n\n", "\u200b", "\u200b\n", "a", "a" * 5000, "a\n" * 500, "a " * 3000]
    texts += ["a" + e + "b" + e + e + "c" + e for e in ends] + ["- x\n" * 60, "\u2022 x...\n" * 60]
    texts += ["The end.\n\n" * 40, " \n \nThe end.\n\nThe end. \n", "\nab\n\nab\n", "\n\nab\n\nab"]
    texts += ["\U0001f600" * 400, "\u0e01" * 3000, "\u6f22" * 3000, "\u200f" * 2000, "\u0301" * 2000]
    for _ in range(3000):
        vocabulary = r.sample(plain, r.choice([3, 10, 40, 120])) + r.sample(odd, r.choice([0, 1, 3, 12]))
        lines = []
        for _ in range(r.choice([1, 2, 5, 20, 60])):
            line = []
            for _ in range(r.choice([0, 1, 3, 8, 12, 30])):
                line.append(r.choice(vocabulary))
                line.append(r.choice(blanks) if r.random() < 0.05 else " " if r.random() < 0.95 else "")
            line = "".join(line)
            line = line.capitalize() if r.random() < 0.5 else line
            lines.append(line + r.choice(["", "", ".", ".", "...", "?", "!", "\u2026", " ", "\u3002"]))
        if r.random() < 0.4:
            lines += lines[: r.randrange(len(lines) + 1)]
        text = ""
        for line in lines:
            text += line + (r.choice(ends) if r.random() < 0.1 else "\n" * r.choice([1, 1, 1, 2, 2, 3]))
        texts.append(text if r.random() < 0.5 else text.strip("\n"))
    # n-grams that are the same letters, cut into words elsewhere.
    for _ in range(400):
        parts = ["1", "11", "111", "2", "12", "ab", "a", "b", "-", "+"]
        texts.append(" ".join(r.choice(parts) for _ in range(r.choice([60, 200, 500]))))
    return texts


def read(path, every):
    if path.endswith(".zst"):
        data = subprocess.run(["zstd", "-dcq", "--long=27", path], check=True, stdout=subprocess.PIPE).stdout
    else:
        data = open(path, "rb").read()
    return [json.loads(line)["text"] for line in data.split(b"\n")[::every] if line.strip()]


def run(tamis, args, texts):
    """Output and rejects of tamis, by the number of the text."""
    kept, dropped = {}, {}
    with tempfile.NamedTemporaryFile() as rejects:
        data = "".join(json.dumps({"id": str(i), "text": t}) + "\n" for i, t in enumerate(texts))
        out = subprocess.run(
            [tamis, "quality", "-q", "--max-doc", "1G", "-r", rejects.name, *args],
            input=data.encode(), check=True, stdout=subprocess.PIPE,
        ).stdout
        for into, lines in ((kept, out), (dropped, open(rejects.name, "rb").read())):
            for line in lines.splitlines():
                doc = json.loads(line)
                into[int(doc["id"])] = doc
    return kept, dropped


def segment(tamis, texts):
    """Tell datatrove the words of the texts, and the sentences of their lines."""
    kept, _ = run(tamis, ["--segments"], texts)
    Ours.words = {t: kept[i]["words"] for i, t in enumerate(texts)}
    lines = set()
    for text in texts:
        for line in text.splitlines():
            lines.add(CITATION_REGEX.sub("", line.strip()))
    lines = list(lines)
    kept, _ = run(tamis, ["--segments"], lines)
    Ours.sentences = {t: len(kept[i]["sentences"]) for i, t in enumerate(lines)}


def compare(tamis, texts, verbose):
    failed = False
    for name, args, judge, reasons in FILTERS:
        kept, dropped = run(tamis, args, texts)
        differ = edits = crashes = drops = 0
        seen = {}
        for i, text in enumerate(texts):
            doc = Document(text=text, id=str(i))
            try:
                result = judge.filter(doc)
            except ZeroDivisionError:
                crashes += 1
                continue
            result, reason = result if isinstance(result, tuple) else (result, None)
            theirs = None if result else reasons[reason]
            ours = dropped[i]["drop"][0]["rule"] if i in dropped else None
            drops += theirs is not None
            seen[theirs] = seen.get(theirs, 0) + 1
            if ours != theirs:
                differ += 1
                if verbose:
                    print(f"{name}: document {i}: {ours}, datatrove: {theirs}: {text[:80]!r}")
            elif not theirs and kept[i]["text"] != doc.text:
                edits += 1
                if verbose:
                    print(f"{name}: document {i}: another text: {text[:80]!r}")
        share = 100 * (1 - differ / max(1, len(texts) - crashes))
        print(
            f"{name}: {len(texts)} documents, {drops} dropped, {differ} judged differently"
            f" ({share:.3f} % agree), {edits} edited differently, {crashes} divisions by zero"
        )
        if verbose:
            print(f"  {seen}")
        failed = failed or share < 99.9 or edits
    return failed


def main():
    p = argparse.ArgumentParser()
    p.add_argument("tamis")
    p.add_argument("-v", action="store_true")
    p.add_argument("--every", type=int, default=1)
    p.add_argument("file", nargs="*")
    a = p.parse_intermixed_args()
    warnings.simplefilter("ignore")
    word_tokenizers.load_word_tokenizer = lambda language: Ours("")
    failed = False
    for what in a.file or [None]:
        texts = read(what, a.every) if what else made_up()
        print(what or "made up", flush=True)
        segment(a.tamis, texts)
        failed = compare(a.tamis, texts, a.v) or failed
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
