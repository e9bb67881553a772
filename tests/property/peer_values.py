"""peer_values.py - what NeMo Curator, Dolma, DCLM and RedPajama-V2 measure, against ours.

usage: peer_values.py TAMIS PEERS [--every N] [FILE...]

PEERS: a directory with checkouts named Curator, dolma, dclm and RedPajama-Data; all that
are missing are skipped.  FILE: JSON lines, plain or .zst; without one, the difficult
documents of peer_datatrove.py.  DCLM is given our words.  Prints, for each set of rules,
how many values there were and how many differ by more than a rounding; exit 1 if any
does.  Needs nltk, regex, numpy and datatrove.
"""
import argparse
import importlib
import json
import math
import os
import re
import subprocess
import sys
import types
import unicodedata

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from peer_datatrove import made_up, read  # noqa: E402

GRAMS = [2, 3, 4], [5, 6, 7, 8, 9, 10]


def stub(name, **members):
    module = types.ModuleType(name)
    module.__dict__.update(members)
    module.__path__ = []
    sys.modules[name] = module
    return module


def run_file(path, name, package=""):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    module.__package__ = package
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def nemo(peers):
    for part in ("", ".stages", ".stages.text", ".stages.text.filters", ".stages.text.utils"):
        stub("nemo_curator" + part)
    text = os.path.join(peers, "Curator/nemo_curator/stages/text")
    run_file(f"{text}/filters/doc_filter.py", "nemo_curator.stages.text.filters.doc_filter")
    for f in ("constants", "text_utils"):
        run_file(f"{text}/utils/{f}.py", f"nemo_curator.stages.text.utils.{f}")
    s = run_file(f"{text}/filters/heuristic/string.py", "nemo_string")
    r = run_file(f"{text}/filters/heuristic/repetition/repetition.py", "nemo_repetition")
    filters = {
        "non_alnum": s.NonAlphaNumericFilter(), "symbol_words": s.SymbolsToWordsFilter(),
        "numbers": s.NumbersFilter(), "urls": s.UrlsFilter(), "white_space": s.WhiteSpaceFilter(),
        "parentheses": s.ParenthesesFilter(), "boilerplate_paras": s.BoilerPlateStringFilter(),
        "unique_lines": r.RepeatedLinesFilter(), "unique_paras": r.RepeatedParagraphsFilter(),
        "unique_line_chars": r.RepeatedLinesByCharFilter(),
        "unique_para_chars": r.RepeatedParagraphsByCharFilter(), "words": s.WordCountFilter(),
        "lines_without_end_mark": s.PunctuationFilter(), "alpha_words": s.WordsWithoutAlphabetsFilter(),
        "common_words": s.CommonEnglishWordsFilter(stop_at_false=False),
        "word_length": s.MeanWordLengthFilter(), "longest_word": s.LongWordFilter(),
        "ellipsis_lines": s.EllipsisFilter(), "bullet_lines": s.BulletsFilter(),
    }
    for n in GRAMS[1]:
        filters[f"dup_{n}_grams"] = r.RepeatingDuplicateNGramsFilter(n)

    def top(text, n):
        """As RepeatingTopNGramsFilter, but of equal n-grams the first, not any."""
        words = text.strip().split()
        if len(words) < n:
            return 1.0
        counts = {}
        for gram in zip(*[words[i:] for i in range(n)]):
            counts[gram] = counts.get(gram, 0) + 1
        best = " ".join(max(counts, key=counts.get))
        return (len(text) - len(text.replace(best, ""))) / len(text)

    def values(text, words):
        if not text.strip():
            return  # versions differ
        for name, f in filters.items():
            try:
                yield name, f.score_document(text)
            except (ZeroDivisionError, ValueError):
                pass
        for n in GRAMS[0]:
            yield f"top_{n}_gram", top(text, n)

    return values


def dolma(peers):
    for part in ("", ".core", ".core.data_types", ".core.registry", ".core.taggers", ".taggers"):
        stub("dolma" + part)
    any_class = type("Any", (), {})
    sys.modules["dolma.core.data_types"].__dict__.update(DocResult=any_class, Document=any_class, Span=any_class)
    registry = type("TaggerRegistry", (), {"add": staticmethod(lambda name: lambda c: c)})
    sys.modules["dolma.core.registry"].TaggerRegistry = registry
    sys.modules["dolma.core.taggers"].BaseTagger = any_class
    g = run_file(f"{peers}/dolma/python/dolma/taggers/gopher.py", "dolma.taggers.gopher", "dolma.taggers")

    def values(text, words):
        a = g.get_attributes(text)
        top = dict(a.fraction_of_characters_in_most_common_ngram)
        dup = dict(a.fraction_of_characters_in_duplicate_ngrams)
        yield "words", a.word_count
        yield "median_word_length", a.median_word_length
        yield "symbol_words", a.symbol_to_word_ratio
        yield "alpha_words", a.fraction_of_words_with_alpha_character
        yield "stop_words", a.required_word_count
        yield "bullet_lines", a.fraction_of_lines_starting_with_bullet_point
        yield "ellipsis_lines", a.fraction_of_lines_ending_with_ellipsis
        yield "dup_lines", a.fraction_of_duplicate_lines
        yield "dup_line_chars", a.fraction_of_characters_in_duplicate_lines
        for n in GRAMS[0]:
            yield f"top_{n}_gram", top.get(n, 0)
        for n in GRAMS[1]:
            yield f"dup_{n}_grams", dup.get(n, 0)

    return values


def dclm(peers):
    """Its filters say yes or no only: the bound is found by asking them."""
    given = []
    split = lambda text, model=None, ignore_punctuation=False, **_: [w for w in given[0] if w[0].isalnum()]
    paragraphs = lambda text, paragraph_end="\n", remove_empty=True: [
        p.strip() for p in re.split(paragraph_end, text) if p.strip()
    ]
    for name in ("baselines", "baselines.mappers", "core", "transformers"):
        stub(name)
    stub("baselines.mappers.core_utils", split_paragraphs=paragraphs, split_sentences=None, split_words=split)
    stub("core.factory_utils", factory_function=lambda f: f)
    stub("core.constants", CONTENT="text")
    sys.modules["transformers"].AutoTokenizer = None
    c = run_file(f"{peers}/dclm/baselines/mappers/filters/content_filters.py", "dclm_content")
    filters = {
        "word_length": lambda p, v: c.word_length_filter(p, max_length=v),
        "symbols": lambda p, v: c.symbol_ratio_filter(p, v),
        "bullet_lines": lambda p, v: c.bullet_count_filter(p, v),
        "ellipsis_lines": lambda p, v: c.ellipsis_count_filter(p, v),
        "non_alpha_words": lambda p, v: c.alphabetic_word_ratio_filter(p, v),
        "dup_lines": lambda p, v: c.repetition_filter(p, "line", v, count_characters=False),
        "dup_paras": lambda p, v: c.repetition_filter(p, "paragraph", v, count_characters=False),
        "dup_line_chars": lambda p, v: c.repetition_filter(p, "line", v),
        "dup_para_chars": lambda p, v: c.repetition_filter(p, "paragraph", v),
    }
    for n in GRAMS[0]:
        filters[f"top_{n}_gram"] = lambda p, v, n=n: c.repetition_filter(p, n, v)
    for n in GRAMS[1]:
        filters[f"dup_{n}_grams"] = lambda p, v, n=n: c.repetition_filter(p, n, v)

    def values(text, words, ours):
        given[:] = [words]
        page = {"text": text}
        real = split(text)
        yield "words", len(real)
        stop = {"the", "be", "to", "of", "and", "that", "have", "with"}
        yield "stop_words", sum(w.lower() in stop for w in text.split())
        if not real or not text.split():
            return
        for name, f in filters.items():
            v = ours["dclm." + name]
            if v is not None:
                above, below = f(page, v + 1e-6), v > 1e-6 and f(page, v - 1e-6)
                yield name, v if above and not below else f"{'less' if above else 'more'} than {v}"

    return values


def rpv2(peers):
    sys.path.insert(0, f"{peers}/RedPajama-Data/app/src")
    stub("core.quality_signals.utils.dsir", hash_feature=None)
    stub("msgspec", Struct=object)
    for name in ("core", "core.quality_signals", "core.quality_signals.utils", "utilities", "utilities.register"):
        sys.modules.pop(name, None)
    core = stub("core")
    core.__path__ = [f"{peers}/RedPajama-Data/app/src/core"]
    stub("core.quality_signals").__path__ = [f"{peers}/RedPajama-Data/app/src/core/quality_signals"]
    sys.modules.pop("core.constants", None)
    from core.document import Document
    import core.document
    import core.quality_signals.content as content
    import core.quality_signals.lines as lines
    import core.quality_signals.natural_language as language
    import core.quality_signals.repetitions as repetitions

    # WordPunctTokenizer as it was in RedPajama's days: newer ones use the module regex.
    core.document._word_tokenizer = stub("tokenizer", tokenize=lambda t: re.findall(r"\w+|[^\w\s]+", t))
    one = lambda signal, d: signal(d)[0][2]
    mean = lambda signal, d: sum(s[2] for s in signal(d)) / len(d.raw_lines) if d.raw_lines else None

    def values(text, words):
        d = Document(text, domain=None)
        # We decompose, but do not reorder marks, and know no final sigma.
        if d.normalized_content != unicodedata.normalize("NFC", d.normalized_content) and any(
            unicodedata.combining(c) for c in text
        ):
            return
        yield "word_count", one(language.RPS_Doc_Word_Count(), d)
        yield "num_sentences", one(language.RPS_Doc_Num_Sentences(), d)
        yield "mean_word_length", one(language.RPS_Doc_Mean_Word_Length(), d)
        yield "symbol_to_word_ratio", one(language.RPS_Doc_Symbol_To_Word_Ratio(), d)
        yield "frac_lines_end_with_ellipsis", one(language.RPS_Doc_Frac_Lines_End_With_Ellipsis(), d)
        yield "frac_no_alph_words", one(language.RPS_Doc_Frac_No_Alph_Words(), d)
        yield "frac_unique_words", one(language.RPS_Doc_Frac_Unique_Words(), d)
        yield "unigram_entropy", one(language.RPS_Doc_Unigram_Entropy(), d)
        yield "frac_all_caps_words", one(language.RPS_Doc_Frac_All_Caps_Words(), d)
        yield "lorem_ipsum", one(content.RPS_Doc_Lorem_Ipsum(), d)
        yield "curly_bracket", one(content.RPS_Doc_Curly_Bracket(), d)
        for n in GRAMS[0]:
            yield f"frac_chars_top_{n}gram", one(getattr(repetitions, f"RPS_Doc_Frac_Chars_Top_{n}gram")(), d)
        for n in GRAMS[1]:
            yield f"frac_chars_dupe_{n}grams", one(getattr(repetitions, f"RPS_Doc_Frac_Chars_Dupe_{n}Grams")(), d)
        if not d.raw_lines:
            return
        yield "lines_terminal_punctuation", mean(lines.RPS_Lines_Ending_With_Terminal_Punctution_Mark(), d)
        yield "lines_bulletpoint", mean(lines.RPS_Lines_Start_With_Bulletpoint(), d)
        yield "lines_uppercase", mean(lines.RPS_Lines_Uppercase_Letter_Fraction(), d)
        yield "lines_numerical", mean(lines.RPS_Lines_Numerical_Chars_Fraction(), d)
        yield "lines_javascript", sum(s[2] for s in lines.RPS_Lines_Javascript_Counts()(d))

    return values


def tag(tamis, sets, texts):
    data = "".join(json.dumps({"text": t}) + "\n" for t in texts)
    out = subprocess.run(
        [tamis, "quality", "-q", "--max-doc", "1G", "--tag", "--segments", "--rules", sets],
        input=data.encode(), check=True, stdout=subprocess.PIPE,
    ).stdout
    return [json.loads(line) for line in out.splitlines()]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("tamis")
    p.add_argument("peers")
    p.add_argument("--every", type=int, default=1)
    p.add_argument("file", nargs="*")
    a = p.parse_intermixed_args()
    sets = [("nemo", nemo, "Curator"), ("dolma", dolma, "dolma"), ("dclm", dclm, "dclm"),
            ("rpv2", rpv2, "RedPajama-Data")]
    sets = [(name, load(a.peers)) for name, load, directory in sets if os.path.isdir(f"{a.peers}/{directory}")]
    failed = False
    for what in a.file or [None]:
        texts = read(what, a.every) if what else made_up()
        print(what or "made up", flush=True)
        for name, values in sets:
            docs = tag(a.tamis, name, texts)
            differ, n = {}, 0
            for text, doc in zip(texts, docs):
                ours = doc["q"]
                args = (text, doc["words"], ours) if name == "dclm" else (text, doc["words"])
                for feature, theirs in values(*args):
                    v = ours[f"{name}.{feature}"]
                    n += 1
                    if v is None and (theirs is None or theirs > 1000):
                        continue
                    same = not isinstance(theirs, str) and theirs is not None and v is not None and (
                        math.isclose(v, theirs, abs_tol=2e-6))
                    if not same:
                        differ.setdefault(feature, []).append((v, theirs, text[:60]))
            print(f"{name}: {n} values of {len(texts)} documents, {sum(map(len, differ.values()))} differ")
            for feature, cases in differ.items():
                print(f"  {feature}: {len(cases)}: {cases[0][0]}, theirs {cases[0][1]}: {cases[0][2]!r}")
            failed = failed or bool(differ)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
