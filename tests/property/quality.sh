#!/bin/bash
# quality.sh - rules judge the same with any number of threads, tagged or not, once or twice;
# the manual lists them all.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
docs=$(docs 2000 400)

# Texts of few and many words, with repeated lines and stretches, signs and scripts.
awk -v docs="$docs" 'function pick(n) {
	s = (s * 1103515245 + 12345) % 2147483648
	return int(s / 65536) % n
}
BEGIN {
	s = 5
	n = split("the of and to be with have that # ... - {} [1] javascript lorem,ipsum a.b 12 3,5 caf\303\251 " \
	    "\346\274\242\345\255\227 \340\271\204\340\270\227\340\270\242 \327\251\327\234\327\225\327\235 " \
	    "\360\237\230\200 e\314\201 \342\200\242 \342\200\246 \342\200\213 \302\240 WORD Word", odd, " ")
	for (d = 0; d < docs; d++) {
		vocabulary = 3 + pick(4) * pick(4) * 40
		lines = 1 + pick(4) * pick(20)
		text = ""
		for (l = 0; l < lines; l++) {
			line = ""
			for (w = pick(25); w > 0; w--)
				line = line (pick(3) ? odd[1 + pick(8)] : pick(6) ? "w" pick(vocabulary) : odd[1 + pick(n)]) " "
			line = line (pick(3) ? "end." : "")
			if (pick(8) == 0 && l)
				line = old
			old = line
			text = text line (pick(6) ? "\\n" : "\\n\\n")
		}
		printf "{\"id\":\"%d\",\"path\":\"f%d.%s\",\"lang\":\"%s\",\"text\":\"%s\"}\n", d, d,
		    pick(2) ? "c" : "json", pick(2) ? "en" : "de", text
	}
}' >in.jsonl
cat >r.rules <<'EOF'
tamis-rules 1
use gopher-rep gopher
set gopher.min_words 20
lang de
set gopher.min_alpha_words 0.5
stopwords gopher w1 w2 w3
EOF

# check NAME ARGS...: all that must hold for one choice of rules
check() {
	local name=$1
	shift
	for j in 1 8; do
		tamis quality -q -j $j "$@" -r rejects.$j --report report.$j in.jsonl >out.$j
		tamis quality -q -j $j --tag "$@" --report tag-report.$j in.jsonl >tag.$j
	done
	for k in rejects report out tag tag-report; do
		cmp $k.1 $k.8 || fail "$name: $k differs between 1 and 8 threads"
	done
	python3 - "$name" <<'EOF' || fail "$name"
import json, sys

def load(path):
    return [json.loads(line) for line in open(path, encoding="utf-8")]

def differs(what, a, b):
    if a == b:
        return
    bad = next(i for i, (x, y) in enumerate(zip(a + [None], b + [None])) if x != y)
    print(f"quality: {sys.argv[1]}: {what}: {(a + [None])[bad]!r:.300} {(b + [None])[bad]!r:.300}")
    sys.exit(1)

tagged = load("tag.1")
for doc in tagged:
    del doc["q"]
differs("kept, and tagged without drop", load("out.1"), [d for d in tagged if "drop" not in d])
differs("rejects, and tagged with drop", load("rejects.1"), [d for d in tagged if "drop" in d])
EOF
}

# twice NAME ARGS...: tags of what has tags
twice() {
	tamis quality -q --tag "$@" in.jsonl >once
	tamis quality -q --tag "$@" once | cmp once - && return
	fail "$*: tagged twice, not as once"
}

check gopher -R gopher
check gopher-rep -R gopher-rep
check fineweb -R fineweb,c4-para
check c4 -R c4
check c4-all -R gopher,gopher-rep,c4,fineweb --set c4.terminal_punct=off,c4.max_curly_bracket=off
check peers -R nemo,dolma,dclm,rpv2 --set rpv2.max_frac_chars_dupe_5grams=0.2
check code -R code
check file -R r.rules --other-lang base
check segments -R gopher --segments
for sets in gopher gopher-rep fineweb,c4-para nemo,dolma,dclm,rpv2 code; do
	twice -R $sets
done
twice -R r.rules --other-lang base

# Long n-grams, cut out as str.replace does, in time that does not grow with the words.
python3 - >long.jsonl <<'EOF'
import json, random
rng = random.Random(3)
for n in range(300):
    words = ["".join(rng.choice("aaab") for _ in range(40)) * 2 for _ in range(2)]
    words += [words[0][:70] + "a", "a" + words[1]]
    text = "".join(rng.choice(words) + rng.choice([" ", " ", "\n"]) for _ in range(30))
    print(json.dumps({"text": text}))
print(json.dumps({"text": "\n".join(["a" * 1000000] * 8)}))
EOF
tamis quality -q --tag -R nemo long.jsonl >long.out
python3 - <<'EOF' || fail 'nemo.top_2_gram'
import collections, json
for line in open("long.out"):
    doc = json.loads(line)
    text, words = doc["text"], doc["text"].split()
    pairs = collections.Counter(zip(words, words[1:]))
    gram = " ".join(max(pairs, key=pairs.get))
    want = 1 - len(text.replace(gram, "")) / len(text)
    if abs(doc["q"]["nemo.top_2_gram"] - want) > 1e-6:
        raise SystemExit(f"quality: nemo.top_2_gram {doc['q']['nemo.top_2_gram']}, want {want}")
EOF

tamis thresholds -q -j 1 --min-docs 50 -o a.rules in.jsonl
tamis thresholds -q -j 8 --min-docs 50 -o b.rules in.jsonl
cmp a.rules b.rules
cmp a.rules.report.json b.rules.report.json
tamis quality -q -R a.rules in.jsonl >c.jsonl

# The manual: each rule in the order of the program, with its bound.
tamis rules | awk -F '\t' '{
	bound = $3
	if (bound ~ /[.]/)
		sub(/[.]?0+$/, "", bound)
	if ($2 == "no line")
		bound = "none (" bound ")"
	else if ($2 != "setting" && bound != "off")
		bound = $2 " " bound
	print ".It Li " $1 " Ta " bound
}' >listed
grep '^\.It Li [a-z0-9-]*\.[a-z0-9_]* Ta' "$here/../../man/tamis-quality.1" | sed 's/ Ta [^T]*$//; s/\( Ta [^T]*\) Ta .*/\1/' >page
diff listed page >differences || fail "man/tamis-quality.1 differs from tamis rules: $(cat differences)"
