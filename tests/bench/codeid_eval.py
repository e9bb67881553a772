#!/usr/bin/env python3
"""Score `tamis codeid` on files whose languages are known; prints, never fails on a figure.

usage: codeid_eval.py TAMIS LIST [OPTION...]

LIST has a line LABEL<tab>FILE for each file; a FILE that begins with '-' is named by its
content alone.  OPTIONs go to codeid, such as --content-only.  Labels that are not among
the 42 of the man page count for "all" only.  Prints accuracy, macro-F1 over the 42, how
often each kind of evidence is right, the most frequent confusions, microseconds a file.
"""
import collections
import json
import os
import resource
import subprocess
import sys
import tempfile

LANGS = """assembly c c-sharp common-lisp cpp css cuda dart dockerfile fortran go haskell
html java javascript json julia jupyter-scripts lua makefile markdown mathematica pascal
perl php python r restructuredtext ruby rust scala shell sql swift systemverilog tex
typescript verilog vhdl visual-basic xml yaml""".split()


def read(path):
    with open(path, "rb") as f:
        text = f.read(1 << 20)
    return text.decode("utf-8", "replace").replace("\0", "")


def documents(list_path, out):
    labels = []
    with open(list_path, encoding="utf-8") as f:
        for line in f:
            label, path = line.rstrip("\n").split("\t")
            named = not path.startswith("-")
            path = path.lstrip("-")
            doc = {"path": os.path.basename(path) if named else "", "text": read(path)}
            out.write(json.dumps(doc, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
            labels.append(label)
    out.flush()
    return labels


def run(tamis, path, options):
    """The answers, and seconds of user CPU of one thread."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    out = subprocess.run([tamis, "codeid", "-j1", "-q", *options, path], check=True,
                         stdout=subprocess.PIPE).stdout
    seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    return [json.loads(line) for line in out.splitlines()], seconds


def macro_f1(pairs):
    scores = []
    for lang in LANGS:
        true = sum(1 for want, got in pairs if want == got == lang)
        wanted = sum(1 for want, _ in pairs if want == lang)
        given = sum(1 for _, got in pairs if got == lang)
        if wanted:
            scores.append(2 * true / (wanted + given))
    return 100 * sum(scores) / len(scores) if scores else 0


def percent(pairs):
    return 100 * sum(want == got for want, got in pairs) / max(len(pairs), 1)


def main():
    tamis, list_path, *options = sys.argv[1:]
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as f:
        labels = documents(list_path, f)
        answers, seconds = min((run(tamis, f.name, options) for _ in range(3)),
                               key=lambda r: r[1])
    pairs = [(want, doc["code_lang"]) for want, doc in zip(labels, answers)]
    known = [p for p in pairs if p[0] in LANGS]
    prose = [p for p in pairs if p[0] == "text"]
    print(f"{len(known)} files of {len({w for w, _ in known})} languages: "
          f"{percent(known):.2f} %, macro-F1 {macro_f1(known):.2f}; "
          f"all {len(pairs)} files: {percent(pairs):.2f} %")
    if prose:
        print(f"{len(prose)} prose: {percent(prose):.2f} % called text")
    print(f"{1e6 * seconds / max(len(pairs), 1):.1f} us a file, reading and writing included")
    kinds = collections.defaultdict(list)
    for pair, doc in zip(pairs, answers):
        if pair[0] in LANGS:
            kinds[doc["code_by"]].append(pair)
    for kind in sorted(kinds):
        print(f"  by {kind}: {percent(kinds[kind]):.2f} % of {len(kinds[kind])}")
    wrong = collections.Counter(p for p in pairs if p[0] != p[1] and p[0] in LANGS)
    for (want, got), n in wrong.most_common(30):
        print(f"  {n:5} {want} -> {got}")


if __name__ == "__main__":
    main()
