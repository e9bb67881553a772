#!/bin/bash
# pipeline.sh - from raw files to shards and back: the same bytes any way, and no text lost.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
docs=$(docs 600 200)

# Three corpora: a web archive, a tree of text files, JSON lines.
corpus 21 "$docs" >lines.jsonl
corpus 22 "$docs" |
	sed 's/^{"id":"\([^"]*\)","text":"\(.*\)","q":.*/\1 \2/; s/\\[nrt]/<p>/g' |
	awk '{
		id = $1
		sub(/^[^ ]* /, "")
		head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
		body = head "<html><title>" id "</title><p>" $0 "</html>"
		printf "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:%s>\r\n", id
		printf "Content-Type: application/http\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n",
		    length(body), body
	}' >web.warc
mkdir tree
corpus 23 60 |
	sed 's/^{"id":"[^"]*","text":"\(.*\)","q":.*/\1/' |
	awk '{ gsub(/\\[a-z0-9]*/, "\n"); printf "%s", $0 >("tree/" NR ".txt"); close("tree/" NR ".txt") }'
tamis norm -q lines.jsonl | awk 'NR <= 200' | tamis vocab -q --size 500 -o m

# clean J: filters, J threads each
clean() { tamis norm -q -j "$1" | tamis length -q -j "$1" -m 1 | tamis exact -q -j "$1"; }

# build DIR J FORM: the whole way with J threads from inputs that are plain, gz or zst
build() {
	local web=web.warc lines=lines.jsonl
	[ "$3" = plain ] || web=$web.$3 lines=$lines.$3
	mkdir "$1"
	tamis extract -q -j "$2" --source web "$web" | clean "$2" >"$1/web.jsonl"
	find tree -type f | sort | tamis extract -q -j "$2" --files-from - | clean "$2" >"$1/tree.jsonl"
	clean "$2" <"$lines" >"$1/lines.jsonl"
	for s in web tree lines; do
		tamis encode -q -j "$2" -m m -o "$1/$s" <"$1/$s.jsonl"
	done
	blend "$1"
	tamis plan -o "$1/plan.lock" "$1/blend.plan"
	tamis mix -q -j "$2" -p "$1/blend.plan" -o "$1/run"
	cmp "$1/plan.lock" "$1/run/plan.lock"
	tamis verify -q -j "$2" "$1/run" "$1/web" "$1/tree" "$1/lines"
}

# blend DIR: a plan that uses each source once, all of it: weights by whole samples
blend() {
	local s
	for s in web tree lines; do
		tamis info "$1/$s" | awk -v s=$s '$1 == "tokens" { print s, int((int($2) + 63) / 64) }'
	done | awk '
		{ name[NR] = $1; n[NR] = $2; sum += $2 }
		END {
			print "tamis-plan 1\nseq 64\nseed 5\nshard 900\nphase all", sum * 64
			print "group all 1"
			for (i = 1; i < NR; i++)
				printf "source %s %s in=all cap=1 weight=%.12f\n", name[i], name[i],
				    n[i] / sum
			print "source " name[NR], name[NR] " in=all cap=1"
		}' >"$1/blend.plan"
}

gzip -k web.warc lines.jsonl
zstd -q web.warc lines.jsonl
build want 1 plain
build threads 4 plain
build gz 4 gz
build zst 1 zst
for other in threads gz zst; do diff -r want $other; done

# Every document of every source is in the samples, once, whole: put together by offset.
tamis cat --all want/run | awk '
	/^## / { next }
	/^# / {
		match($0, /source [a-z]*, document \047[^\047]*/)
		key = substr($0, RSTART, RLENGTH)
		match($0, /, offset [0-9]*/)
		key = key "\t" substr($0, RSTART + 9, RLENGTH - 9)
		pad = / pad$/
		next
	}
	!pad { print key "\t" $0 }' | sort -t "$(printf '\t')" -k 1,1 -k 2,2n |
	awk -F '\t' '
		$1 != last { if (NR > 1) print ids; ids = ""; last = $1 }
		{ ids = ids " " $3 }
		END { print ids }' | tamis decode -m m | sort >got
# The texts are the input texts; \u is how the corpus spells what a text can hold.
sed 's/.*"text":\("[^"\\]*\(\\.[^"\\]*\)*"\).*/{"text":\1}/; s/\\ud83d\\ude00/😀/g' want/*.jsonl |
	sort >texts
cmp texts got

# rc WANTED CMD...: the exit code that scripts rely on
rc() {
	local want=$1 got=0
	shift
	"$@" >out 2>err || got=$?
	[ $got = "$want" ] || fail "$*: exit $got, not $want: $(cat err)"
}
rc 0 tamis verify -q want/run
rc 2 tamis mix -p want/blend.plan
rc 3 tamis mix -q -p want/blend.plan -o want/run
rc 2 tamis encode -q -m m -o again absent.jsonl
(echo bad && cat want/lines.jsonl) >bad.jsonl
rc 3 tamis encode -q -m m -o again bad.jsonl
[ ! -e again.bin ] && [ ! -e again.sdx ]
printf x | dd of=want/lines.bin bs=1 seek=2000 conv=notrunc status=none
rc 1 tamis verify -q want/lines
rc 3 tamis cat -n 20 want/lines
# One document more is another shard than the lock's.
rc 0 tamis encode -q --force -m m --source lines -o want/lines want/lines.jsonl want/tree.jsonl
rc 3 tamis mix -q --root want -p want/plan.lock -o again
