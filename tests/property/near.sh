#!/bin/bash
# near.sh - near keeps the same documents for any order, sharding, memory and threads.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
docs=$(docs 4000 1500)

# Families of pages of one template, edited more or less, and equal copies.
python3 - "$docs" >in.jsonl <<'PY'
import json, random, sys
r = random.Random(5)
words = ["".join(r.choice("aeioulnrst") for _ in range(r.randint(2, 9))) for _ in range(4000)]
page = lambda n: [r.choice(words) for _ in range(n)]
families = [page(r.choice([4, 9, 40, 200, 900])) for _ in range(int(sys.argv[1]) // 12)]
for i in range(int(sys.argv[1])):
    text = list(r.choice(families)) if r.random() < 0.7 else page(r.randint(1, 300))
    for _ in range(int(len(text) * r.choice([0, 0, .01, .03, .05, .1]))):
        text[r.randrange(len(text))] = r.choice(words)
    if r.random() < 0.01:
        text = ["--"]
    print(json.dumps({"id": f"d{i}", "source": "abc"[i % 3], "text": " ".join(text)}))
PY
tamis near -q -j1 in.jsonl >want.jsonl
sort want.jsonl >want
kept=$(wc -l <want)
if [ "$kept" -gt "$((docs * 9 / 10))" ] || [ "$kept" -lt "$((docs / 10))" ]; then fail "$kept of $docs documents kept"; fi

# same NAME: standard input has the documents of want, in any order
same() {
	sort | cmp -s - want || fail "$1: other documents are kept"
}

for j in 1 4; do
	for memory in 1Mi 4Mi; do
		tamis near -q -j $j --memory $memory in.jsonl | cmp - want.jsonl || fail "-j $j --memory $memory"
	done
done
tamis near -q <in.jsonl | cmp - want.jsonl || fail "a pipe"
tamis chain -q norm : near in.jsonl | cmp - want.jsonl || fail "a chain"
tac in.jsonl | tamis near -q | same "reversed"
shuf --random-source=<(yes) in.jsonl | tamis near -q | same "shuffled"

# The stages, on any number of files.
for n in 1 3 17; do
	rm -f s.* m m.*
	split -n r/$n -d -a 2 in.jsonl s.
	for f in s.??; do
		tamis near-sketch -q -j $((n % 4 + 1)) --memory ${n}Mi -o "$f.jsonl" "$f"
		cmp "$f" "$f.jsonl"
	done
	parts=$((n == 3 ? 5 : 1))
	for ((i = 1; i <= parts; i++)); do
		tamis near-match -q --part $i/$parts -o m s.??.jsonl
	done
	for j in 1 4; do
		tamis near-elect -q -j $j --memory ${j}Mi --matches m --parts $parts s.??.jsonl
		for f in s.??.jsonl; do
			tamis near-keep -q "$f"
			rm "$f.keep"
		done | same "$n files, -j $j"
	done
done

# Half of the documents, and then the others against them, keep what one run keeps that ranks the
# first half first.
rm -f s.* m
awk -v h="$((docs / 2))" '{ sub(/^{/, "{\"old\":" (NR <= h) ",") } { print >(NR <= h ? "s.0" : "s.1") }' in.jsonl
cat s.0 s.1 | tamis near -q --priority old | sort >want
for f in s.?; do tamis near-sketch -q -o "$f.jsonl" "$f"; done
tamis near-match -q -o m s.0.jsonl
tamis near-elect -q --matches m s.0.jsonl
cp s.0.jsonl.keep old.keep
tamis near-match -q -o m s.1.jsonl s.0.jsonl
tamis near-elect -q --incremental --matches m s.1.jsonl s.0.jsonl
cmp s.0.jsonl.keep old.keep || fail "old decisions have changed"
for f in s.?.jsonl; do tamis near-keep -q "$f"; done | same incremental
