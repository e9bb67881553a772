#!/bin/bash
# memory.sh - records, files and texts of any size are read in bounded memory.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
case ${TAMIS_TEST_SAN-} in
*address* | *thread*) skip 'sanitizers reserve address space without bound' ;;
esac

# text BYTES UNIT: UNIT over and over
text() {
	python3 -c '
import sys
unit = sys.argv[2].encode()
n = int(sys.argv[1]) // len(unit)
while n:
    k = min(n, 1 << 20)
    sys.stdout.buffer.write(unit * k)
    n -= k' "$@"
}

# limited KIB ARGS...: exit code, output and first message of tamis within KIB of address space
limited() {
	local rc=0
	(ulimit -v "$1" && shift && tamis "$@") >out 2>err || rc=$?
	echo "exit $rc"
	cat out
	head -n 1 err
}

# expect WHAT WANT: compare with what is piped in; the end of a message may be a *
expect() {
	local got
	got=$(cut -c 1-300)
	# shellcheck disable=SC2053
	[[ $got == $2 ]] || fail "$1: expected:"$'\n'"$2"$'\n'"found:"$'\n'"$got"
}

# A line of 250 MB, in 160 MB.
line() {
	echo '{"text":"first"}'
	text 250000000 a
}
for j in 1 4; do
	{ line || :; } | limited 160000 length -q -j $j --max-doc 8Mi | expect "fail -j$j" 'exit 3
{"text":"first"}
tamis length: standard input:2: *--max-doc*'
	{ line && printf '\n{"text":"last"}\n'; } |
		limited 160000 length -q -j $j --max-doc 8Mi --on-bad=skip | expect "skip -j$j" 'exit 0
{"text":"first"}
{"text":"last"}
tamis length: warning: *1*'
done

# The same from a few kilobytes of zstd: nothing, brackets, quotes.
for c in ' ' '[' '"'; do
	{ printf '{"text":' && text 250000000 "$c"; } | zstd -q -1 -o bomb.zst -f
	limited 160000 length -q -j 2 --max-doc 1Mi bomb.zst | expect "bomb of '$c'" 'exit 3
tamis length: bomb.zst:1: *--max-doc*'
done

# A text of one letter, or of one word over and over, is judged like any other.
for unit in a 'a '; do
	{ printf '{"text":"' && text 20000000 "$unit" && printf '"}\n'; } >big.jsonl
	limited 300000 quality -q -j 1 -R gopher-rep,gopher,c4,fineweb big.jsonl | expect "quality of '$unit'" 'exit 0'
done

# Many small documents take no more memory than few: 300 MB, in 220 MB.
text 300000000 '{"text":"a text that is short and is repeated, repeated and repeated"}
' | limited 220000 length -q -j 2 --min 1K | grep -v warning: | expect 'many documents' 'exit 0'

# One word of 8 MB, or 4 million words, to a model of n-grams.
python3 "$here/../golden/fasttext_model.py" -n 500 the=1,2 '</s>=0,0' -- hq=1,0 cc=0,1 >hq.bin
for word in a 'a ' ' ' '漢' 'é '; do
	{ printf '{"text":"' && text 8000000 "$word" && printf '"}\n'; } >big.jsonl
	limited 200000 classify -q -j 1 -m hq.bin --newline glue big.jsonl | sed 's/"text":"[^"]*"/"text"/; s/0\.[0-9]*/P/' |
		expect "8 MB of '$word'" 'exit 0
{"text","score":P}'
done

# The ids of a document take no memory: 40 MB of text, 34 million ids, decoded again, in 250 MB.
python3 "$here/../golden/sp_model.py" >m
{ printf '{"text":"' && text 40000000 'ab ba a b bab abba  ' && printf '"}\n'; } >big.jsonl
limited 250000 encode -q -j 1 -m m --check --tmp . -o ids big.jsonl | expect 'ids of a long document' 'exit 0'
tamis info ids | grep -q 'tokens  *34000001,' || fail "ids of a long document: $(tamis info ids)"
