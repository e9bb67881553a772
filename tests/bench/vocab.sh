#!/bin/bash
# vocab.sh - measure vocab: processor time and memory on a corpus, and its pieces against SentencePiece's trainer.
#
# usage: [VOCAB_FILES='a.jsonl b.jsonl'] [SAMPLE=10000000] [SIZES='32000 64000'] vocab.sh
# VOCAB_FILES: documents; by default 60 MB of text made here.  Both trainers get the same SAMPLE bytes
# of them, and encode another sample, which neither has seen.  Times are user CPU, with one thread.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/../property/prologue.sh"

# Words of random syllables, with the frequencies of Zipf.
generate() {
	awk 'BEGIN {
		s = 12345
		for (d = 0; d < 20000; d++) {
			printf "{\"id\":%d,\"text\":\"", d
			for (w = 0; w < 400; w++) {
				s = s * 16807 % 2147483647
				n = int(exp(s / 2147483647 * 13))
				word = ""
				for (k = n * 7919 % 2147483647; n > 0; n = int(n / 17)) {
					k = (k + n) * 48271 % 2147483647
					word = word substr("badefigohujkylomnupiqaresitovu", 1 + k % 15 * 2, 2)
				}
				printf "%s%s", w ? (w % 40 ? " " : "\\n") : "", word
			}
			print "\"}"
		}
	}'
}

# train NAME ARGS...: leaves the model NAME, $user in seconds and $mb
train() {
	/usr/bin/time -o time -f '%U %M' tamis vocab -q -j1 -o "$@" 2>log || {
		cat log
		exit 1
	}
	read -r user kib <"time"
	mb=$((kib / 1024))
}

[ -n "${VOCAB_FILES-}" ] || generate >made.jsonl
# shellcheck disable=SC2086 # a list of names
cat ${VOCAB_FILES-made.jsonl} >all
sample=${SAMPLE-10000000}
# Every n-th document, so that both samples have all sources.
awk -v every="$(($(stat -c %s all) / sample / 2 + 1))" -v max="$sample" '
	NR % (2 * every) == 1 && trained < max { trained += length($0); print >"train" }
	NR % (2 * every) == every + 1 && held < max / 2 { held += length($0); print >"held" }' all
bytes=$(stat -c %s all)
text=$(python3 -c 'import json, sys; print(sum(len(json.loads(l)["text"].encode()) for l in sys.stdin))' <held)

train nemotron --preset nemotron all
whole=$user
printf '%-30s %9.1f s user %6d MB of memory  %6.1f MB of documents\n' 'vocab --preset nemotron' "$user" "$mb" "$(
	awk -v n="$bytes" 'BEGIN { print n / 1e6 }')"

# SentencePiece's time is extrapolated as linear in the text: 32000 pieces took it 51 s for 10 MB, 137 s
# for 30 MB.  256000 pieces take longer than the sizes measured here, so the ratio is a lower bound.
for size in ${SIZES-32000 64000}; do
	for trainer in tamis sentencepiece; do
		train "$trainer" --size "$size" --trainer "$trainer" --sample "$sample" train
		tokens=$(tamis encode -q -m "$trainer" --eod none --ids held | wc -w)
		printf '%-30s %9.1f s user %6d MB of memory  %6.4f bytes a token\n' "$trainer, $size pieces" "$user" "$mb" "$(
			awk -v n="$text" -v t="$tokens" 'BEGIN { print n / t }')"
		echo "$user $tokens" >"$trainer.figures"
	done
	paste sentencepiece.figures tamis.figures |
		awk -v all="$bytes" -v part="$(stat -c %s train)" -v whole="$whole" '{
			printf "  tokens: %+.4f %% against SentencePiece; extrapolated to all documents, it takes %.0f s: %.0f times %s\n",
			    100 * ($4 - $2) / $2, $1 * all / part, $1 * all / part / whole, "vocab --preset nemotron" }'
done
