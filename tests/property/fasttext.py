"""Train models with fastText in the current directory, and compare what it and tamis say of
varied texts: labels, their order, probabilities.  Exits with 1 where they differ."""
import json
import random
import re
import subprocess
import sys

WORDS, LABELS, TEXTS = 1500, 300, 400
TOLERANCE = 1e-5
# Below this, the order of two labels may hang on the last bit of a float.
NEAR = 2e-6

# Options of training, then of quantisation (None: none).
MODELS = [
    ("softmax -minn 0 -maxn 0 -wordNgrams 1", None),
    ("softmax -minn 2 -maxn 4 -wordNgrams 2 -dim 20", None),
    ("hs -minn 2 -maxn 4 -wordNgrams 1 -dim 16", None),
    ("hs -minn 0 -maxn 0 -wordNgrams 3 -dim 7", None),
    ("ns -minn 3 -maxn 6 -wordNgrams 1 -dim 32", None),
    ("ova -minn 1 -maxn 3 -wordNgrams 2 -dim 10", None),
    ("ova -minn 0 -maxn 0 -wordNgrams 2 -dim 64", None),
    ("hs -minn 2 -maxn 4 -wordNgrams 1 -dim 16", "-qnorm -cutoff 2000 -retrain"),
    ("softmax -minn 2 -maxn 4 -wordNgrams 2 -dim 15", ""),
    ("softmax -minn 2 -maxn 5 -wordNgrams 1 -dim 20", "-qout -dsub 3"),
    ("ova -minn 2 -maxn 4 -wordNgrams 1 -dim 9", "-qnorm -qout -cutoff 2500"),
    ("ns -minn 0 -maxn 0 -wordNgrams 2 -dim 10", "-cutoff 1000 -qnorm"),
    ("hs -minn 0 -maxn 0 -wordNgrams 2 -dim 12", "-qout -cutoff 500 -retrain"),
    ("softmax -minn 0 -maxn 0 -wordNgrams 2 -dim 12", "-cutoff 300"),
]


def train(options, quantise):
    """The path of a model trained with these options."""
    run("fasttext supervised -input train -output model -epoch 2 -thread 1 -bucket 3000 "
        "-verbose 0 -loss " + options)
    if quantise is None:
        return "model.bin"
    run("fasttext quantize -input train -output model -thread 1 -verbose 0 " + quantise)
    return "model.ftz"


def predict(model, k):
    """For each line of texts, fastText's k best labels, (label, p)."""
    out = iter(run("fasttext predict-prob %s texts %d" % (model, k)).split(b"\n"))
    for line in open("texts", "rb"):
        parts = next(out).split(b" ")
        yield [(parts[i].decode("utf-8", "replace"), float(parts[i + 1]))
               for i in range(0, len(parts) - 1, 2)]
        # To the command, what follows an end of line in a line is another text.
        for _ in range(re.split(rb"[ \t\v\f\r\n]", line).count(b"</s>")):
            next(out)


def run(command):
    done = subprocess.run(command.split(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        sys.exit("fasttext: %s: %s" % (command, done.stderr.decode(errors="replace")))
    return done.stdout


def words(r):
    alphabets = ["etaoinshrdlucmfw", "éèüñçßőŁ", "абвгдежзийклмно", "漢字仮名交文章語言", "हिंदीभाषा", "😀🚀é"]
    for _ in range(WORDS):
        a = r.choice(alphabets[:1] * 6 + alphabets)
        yield "".join(r.choice(a) for _ in range(r.choice([1, 2, 3, 4, 5, 6, 8, 12, 17, 40])))


def labels():
    yield from ("__label__%s" % s for s in ("en", "q\"\\", "ünï", "a,b=c", "__label__", "\udcff\udc80"))
    yield from ("__label__%d" % i for i in range(LABELS))


def write_data():
    r = random.Random(4)
    vocabulary, names = list(words(r)), list(labels())

    def word():
        return vocabulary[min(int(r.paretovariate(0.6)) - 1, WORDS - 1)]

    with open("train", "w", encoding="utf-8", errors="surrogateescape") as f:
        for n in range(4000):
            # All labels, so that there are enough of them to quantise, some far more often.
            i = n if n < len(names) else min(int(r.paretovariate(0.5)) - 1, len(names) - 1)
            own = [vocabulary[(i * 7 + k) % WORDS] for k in range(3)]
            text = [r.choice(own) if r.random() < 0.4 else word() for _ in range(r.randrange(1, 20))]
            f.write(names[i] + " " + " ".join(text) + "\n")
    spaces = " " * 20 + "\t\v\f\r"
    strange = ["</s>", "__label__en", "__label__unknown", "<", ">", "<>", "-" * 300, "unknown", "x" * 33]
    texts = ["", " ", "</s>", "__label__en"]
    while len(texts) < TEXTS:
        t = ""
        for _ in range(r.choice([1, 2, 3, 10, 50, 400])):
            t += r.choice(strange) if r.random() < 0.02 else word()
            t += "".join(r.choice(spaces) for _ in range(r.choice([1, 1, 1, 2])))
        texts.append(t)
    with open("texts", "w", encoding="utf-8", newline="\n") as f:
        f.writelines(t + "\n" for t in texts)
    with open("docs", "w", encoding="utf-8", newline="\n") as f:
        f.writelines(json.dumps({"text": t}) + "\n" for t in texts)


def disagreement(ours, theirs):
    """What differs between two lists of (label, p), or None; and the largest difference."""
    if {label for label, _ in ours} != {label for label, _ in theirs}:
        return "other labels", 0
    p = dict(theirs)
    worst = max((abs(q - p[label]) for label, q in ours), default=0)
    if worst > TOLERANCE:
        return "other probabilities", worst
    for (a, _), (b, _) in zip(ours, theirs):
        if a != b and abs(p[a] - p[b]) > NEAR:
            return "another order", worst
    return None, worst


def compare(options, quantise):
    """The number of probabilities, of texts, of those in the same order; the worst."""
    model = train(options, quantise)
    compared, texts, same, worst = 0, 0, 0, 0.0
    for k in 1, 5, 1000:
        ours = run("tamis classify -q --top %d -m %s docs" % (k, model)).split(b"\n")[:-1]
        theirs = list(predict(model, k))
        assert len(theirs) == len(ours) == TEXTS
        for i, (line, want) in enumerate(zip(ours, theirs)):
            d = json.loads(line)
            got = d.get("score_top", [[d["score_label"], d["score"]]] if d["score_label"] else [])
            why, difference = disagreement(got, want)
            if why:
                sys.exit("fasttext: %s, %s: line %d of texts: %s: tamis %s, fastText %s" % (
                    options, quantise, i + 1, why, got[:5], want[:5]))
            compared += len(want)
            texts += 1
            same += [t[0] for t in got] == [w[0] for w in want]
            worst = max(worst, difference)
    return compared, texts, same, worst


def main():
    write_data()
    compared, texts, same, worst = zip(*(compare(*m) for m in MODELS))
    print("fasttext: %d models, %d probabilities, at most %.1e apart; %d of %d texts in the very same "
          "order" % (len(MODELS), sum(compared), max(worst), sum(same), sum(texts)))


main()
