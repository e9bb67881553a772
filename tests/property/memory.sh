#!/bin/bash
# memory.sh - a line of a gigabyte is bad data, found in bounded memory and in little time.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${BIN:?set BIN to the folder of tamis}"
export PATH="$BIN:$PATH" LC_ALL=C
case ${TAMIS_TEST_SAN-} in
*address* | *thread*)
	echo "memory: skipped: sanitizers reserve address space without bound"
	exit 0
	;;
esac
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
failed=0
line() {
	echo '{"text":"first"}'
	head -c 1000000000 /dev/zero | tr '\0' a
}

# limited KIB ARGS...: exit code and message, within KIB of memory and half a minute
limited() {
	(
		kib=$1
		shift
		ulimit -v "$kib"
		rc=0
		timeout 30 tamis "$@" >out 2>err || rc=$?
		echo "exit $rc"
		cat out err
	)
}

# expect NAME WANT: compare with what is piped in
expect() {
	cat >got
	printf '%s\n' "$2" | cmp -s - got && return
	echo "memory: $1: expected:"
	printf '%s\n' "$2"
	echo "found:"
	cut -c 1-300 got
	failed=1
}

for j in 1 4; do
	line | limited 700000 length -q -j $j | expect "fail -j$j" 'exit 3
{"text":"first"}
tamis length: standard input:2: a record above --max-doc: raise it or split the record'
	{ line && printf '\n{"text":"last"}\n'; } |
		limited 700000 length -q -j $j --on-bad=skip | expect "skip -j$j" 'exit 0
{"text":"first"}
{"text":"last"}
tamis length: warning: bad records left out: 1: see them with --rejects FILE'
done

# The same from a few kilobytes of zstd: nothing, brackets, quotes.
for c in ' ' '[' '"'; do
	{ printf '{"text":' && head -c 300000000 /dev/zero | tr '\0' "$c"; } | zstd -q -1 -o bomb.zst -f
	limited 700000 length -q -j 2 --max-doc 1Mi bomb.zst | expect "bomb of '$c'" 'exit 3
tamis length: bomb.zst:1: a record above --max-doc: raise it or split the record'
done

# A text of one letter, or of one word again and again, is judged like any other.
for unit in a 'a '; do
	{ printf '{"text":"' && yes "$unit" | tr -d '\n' | head -c 100000000 && printf '"}\n'; } >big.jsonl
	limited 3500000 quality -q -j 1 --max-doc 1G -R gopher-rep,gopher,c4,fineweb big.jsonl |
		expect "quality of '$unit'" 'exit 0'
done
rm -f big.jsonl

# Many small documents take no more memory than few: here 1 GB through 300 MB.
yes '{"text":"a text that is short and comes again and again and again and again"}' |
	head -c 1000000000 | limited 300000 length -q -j 2 -m 1K | expect 'many documents' 'exit 3
tamis length: standard input:12820513: byte 9: a string does not end: mend it, or go on with --on-bad=skip'

# One word of 30 MB, or 15 million of them, to a model of n-grams.
python3 "$here/../golden/fasttext_model.py" -n 500 the=1,2 '</s>=0,0' -- hq=1,0 cc=0,1 >hq.bin
giant() {
	printf '{"text":"'
	yes "$1" | tr -d '\n' | head -c 30000000
	printf '"}\n'
}
for word in a 'a ' ' ' '漢' 'é '; do
	giant "$word" | limited 700000 classify -q -j 1 -m hq.bin --newline glue | sed 's/"text":"[^"]*"/"text"/; s/0\.[0-9]*/P/' |
		expect "a giant of '$word'" 'exit 0
{"text","score":P}'
done
exit $failed
