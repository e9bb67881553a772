#!/bin/bash
# answers.sh - batch and join against a server that loses, repeats, shuffles and truncates answers.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
command -v python3 >/dev/null || skip 'python3 is not installed'
n=$(docs 3000 600)
awk -v n="$n" 'BEGIN {
	for (i = 1; i <= n; i++)
		printf "{%s\"messages\":[{\"role\":\"user\",\"content\":\"question %d \\u00e9\"}]}\n", i % 3 ? "\"id\":\"p" i "\"," : "", i
}' >docs
asked() { tamis batch -q --model m -n 2 --answers "$1" -o r.jsonl docs 2>err; }

# rounds SEED DIR [differ]: until all is answered
rounds() {
	mkdir "$2"
	for round in 1 2 3 4 5 6; do
		asked "$2"
		[ -s r.jsonl ] || break
		python3 "$here/answers.py" "$1.$round" "$2" ${3+"$3"} <r.jsonl
	done
	[ ! -s r.jsonl ] || fail "seed $1: $(wc -l <r.jsonl) requests are left after five rounds"
	tamis join -q --with "$2" -n 2 -o "$2.out" docs 2>"$2.err" || fail "seed $1: $(cat "$2.err")"
}

# All are answered after five rounds at most, with the same bytes whatever went wrong.
for seed in 1 2 3; do
	rounds $seed a$seed
	cmp a1.out a$seed.out || fail 'what went wrong with a server changes the output'
done
[ "$(wc -l <a1.out)" = $((2 * n)) ] || fail 'each document has two answers'

# Answers that differ: the same lines in another order and in other files give the same bytes.
rounds 4 a4 differ
for f in a4/*; do
	# A truncated last line may lack only its line feed.
	awk 1 "$f" | python3 -c 'import json, sys
for line in sys.stdin:
    try:
        json.loads(line)
    except ValueError:
        continue
    sys.stdout.write(line)'
done >lines
for seed in 5 6 7; do
	mkdir b$seed
	awk -v seed=$seed 'BEGIN { srand(seed) } { print rand() "\t" $0 }' lines | sort | cut -f 2- |
		awk -v seed=$seed '{ print >("b" seed "/" NR % seed ".jsonl") }'
	tamis join -q --with b$seed -n 2 docs 2>err | cmp a4.out - || fail 'the order of answers changes the output'
	tamis join -q --with "b$seed/*" -n 2 -j 3 docs 2>err | cmp a4.out - || fail 'threads change the output'
	asked b$seed
	[ ! -s r.jsonl ] || fail 'the order of answers changes what is asked'
done

# Killed at any time, the requests are those of before or of after.
mkdir none half
asked none
cp r.jsonl all
python3 "$here/answers.py" 8 half <all
asked half
cp r.jsonl rest
for ms in 001 005 010 020 040 080; do
	cp all r.jsonl
	{ timeout -s KILL 0.$ms tamis batch -q --model m -n 2 --answers half -o r.jsonl docs || :; } 2>/dev/null
	cmp -s r.jsonl all || cmp r.jsonl rest || fail 'a killed batch leaves a part of the requests'
done
rm -f r.jsonl*
asked half
cmp r.jsonl rest
