#!/bin/bash
# threads.sh - the number of threads changes no byte of any output of any filter.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
docs=$(docs 5000 3000)
corpus 7 "$docs" >in.jsonl
awk 'NR % 777 == 5 { print "bad" } { print }' in.jsonl >bad.jsonl

# same NAME ARGS...: run with 1, 2 and 8 threads; compare stdout, rejects, report, stderr
same() {
	local name=$1
	shift
	for j in 1 2 8; do
		rc=0
		tamis "$@" -j $j -r rejects.$j --report report.$j >out.$j 2>err.$j || rc=$?
		echo "exit $rc" >>err.$j
		sed -i "s/rejects\.$j/rejects/" err.$j
	done
	for j in 2 8; do
		for k in out rejects report err; do
			[ -e $k.1 ] || [ -e $k.$j ] || continue
			cmp $k.1 $k.$j && continue
			fail "$name: $k differs between 1 and $j threads"
		done
	done
	rm -f out.? rejects.? report.? err.?
}

model=$here/../golden/fasttext_model.py
python3 "$model" -n 500 the=1,2,0 '</s>=0,0,0' -- hq=1,0,0 cc=0,1,0 x=0,0,1 >hq.bin
python3 "$model" -l 1 -n 500 the=1,2,0 -- a=1,0,0 b=0,1,0 c=0,0,1 d=1,1,1 >abcd.bin

same norm norm in.jsonl
same lossless norm --lossless in.jsonl
same where norm --where lang=en in.jsonl in.jsonl
same length length -m 100 -M 10K in.jsonl
same tag length -m 100 --tag in.jsonl
same langid langid in.jsonl
same codeid codeid in.jsonl
same codeid_keep codeid --content-only --keep text,unknown in.jsonl
same spans langid --spans --keep en in.jsonl
same exact exact in.jsonl in.jsonl
same rank exact --rank q in.jsonl
same rank_where exact --rank q --where lang=en in.jsonl
same near near in.jsonl bad.jsonl --on-bad=skip
same near_tag near --tag --memory 1Mi --where lang=en in.jsonl in.jsonl
same near_components near --components --tag in.jsonl in.jsonl
same classify classify -m hq.bin --min 0.4 --pareto 3 --newline glue in.jsonl
same top classify -m abcd.bin --top 3 in.jsonl
same bins classify -m hq.bin -m abcd.bin -a hq -a b -l hq -l b --bins 7 --best m --min-bin 3 in.jsonl
same bins_where classify -m hq.bin --bins 20 --where lang=en in.jsonl in.jsonl
same bins_skip classify -m hq.bin --bins 3 --on-bad=skip bad.jsonl
same zstd norm -z in.jsonl
same skip norm --on-bad=skip bad.jsonl
same max_bad norm --on-bad=skip --max-bad 5 bad.jsonl
same bad exact bad.jsonl
same absent length in.jsonl absent.jsonl
for suffix in gz zst; do
	for j in 1 2 8; do
		tamis norm -q -j $j -o out.$j.$suffix in.jsonl
		tamis norm -q -j $j in.jsonl >plain
		tamis length -q -m 0 -j $j out.$j.$suffix | cmp plain -
	done
	cmp out.1.$suffix out.2.$suffix
	cmp out.1.$suffix out.8.$suffix
done
