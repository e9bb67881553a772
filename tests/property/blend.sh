#!/bin/bash
# blend.sh - a plan determines every byte of a run, however it is written; blend.py recomputes it.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
mkdir tok

# numbered SEED DOCS: documents with URLs and with numbers 0 to 6
numbered() {
	corpus "$1" "$2" | awk '{
		sub(/^\{/, sprintf("{\"n\":%d,\"url\":\"https://example.org/%d\",", NR % 7, NR))
		print
	}'
}

# encode NAME [OPTION...]: encode standard input into shard NAME
encode() {
	name=$1
	shift
	tamis encode -q -m m.model --number n -o "tok/$name" "$@"
}

for i in 1 2 3 4 5; do numbered $i $((i * 120)) >$i.jsonl; done
tamis vocab -q --size 420 --control-symbols '<fim_prefix>,<fim_suffix>,<fim_middle>' \
	-o m.model 1.jsonl 2.jsonl
for i in $(seq 10 29); do sed -n "$((i * 20 - 199)),$((i * 20 - 180))p" 4.jsonl | encode "many-$i"; done
encode fim --fim 0.5 <5.jsonl
for i in 1 2 3; do encode s$i <$i.jsonl; done
# A document larger than a shard, among others.
{
	sed 60q 2.jsonl
	sed -n 's/.*"text":"//; s/",.*//; 61,140p' 2.jsonl | tr '\n' ' ' |
		sed 's/.*/{"id":"huge","n":3,"text":"&"}\n/'
	sed -n 141,200p 2.jsonl
} | encode huge
# An epoch with fewer tokens than a sample.
printf '{"id":"%d","n":%d,"text":"a tiny text"}\n' 1 1 2 4 3 6 | encode tiny
# Two windows of bestfit; documents of many samples among small ones.
awk 'BEGIN {
	for (i = 0; i < 70000; i++) {
		printf "{\"id\":\"%d\",\"n\":0,\"text\":\"", i
		for (k = i % 300 ? i % 3 : i % 1700; k > 0; k--)
			printf "in "
		print "a\"}"
	}
}' | encode windows
# A vocabulary of 66k more pieces: ids take four bytes, some are above 65535.  Four copies of
# one shard, which differ in their seed, exceed the smallest --memory.
python3 - <<'PY'
pieces = [f"\u4e00{i}" for i in range(66000)] + "mrf cfl uwd dwu fcm ldw hcu rwm ifm odw".split()
with open("m.model", "rb") as f, open("large.model", "wb") as out:
    out.write(f.read())
    for i, piece in enumerate(p.encode() for p in pieces):
        body = b"\x0a%c%s\x15\0\0\xc8\xc2\x18%c" % (len(piece), piece, 5 if i < 66000 else 4)
        out.write(b"\x0a%c%s" % (len(body), body))
PY
numbered 6 2200 | tamis encode -q -m large.model -o tok/u32-0
numbered 7 400 | tamis encode -q -m large.model -o tok/other
python3 - "$here" <<'PY'
import shutil, struct, sys
sys.path.insert(0, sys.argv[1])
from shard_reader import crc32c
for i in "123":
    for x in "bin", "idx", "sdx":
        shutil.copy(f"tok/u32-0.{x}", f"tok/u32-{i}.{x}")
    with open(f"tok/u32-{i}.sdx", "r+b") as f:
        head = bytearray(f.read(252))
        head[224] = int(i)
        f.seek(0)
        f.write(head + struct.pack("<I", crc32c(head)))
PY
tamis verify -q tok/u32-3

# mix NAME DIR [OPTION...]: mix with the smallest --memory for one thread
mix() {
	tamis mix -q -j1 -m 16Mi -p "$1.plan" -o "$2" "${@:3}"
}

# in_parts NAME DIR OPTION N K I...: run ranges I, from 0, of N items in K parts, concurrently
in_parts() {
	pids=
	for i in "${@:6}"; do
		mix "$1" "$2" "$3" "$(($4 * i / $5))-$(($4 * (i + 1) / $5 - 1))" &
		pids="$pids $!"
	done
	for pid in $pids; do wait "$pid"; done
}

# only NAME DIR SHARDS: write the shards in seven parts, out of order, some concurrently
only() {
	[ "$3" -ge 7 ]
	for i in 4 1 6 '3 0' '2 5'; do
		[ ! -e "$2/run.tsv" ]
		# shellcheck disable=SC2086
		in_parts "$1" "$2" --only-shards "$3" 7 $i
	done
}

# same NAME DIR: compare with the run, and remove
same() {
	diff -r "$1.run" "$2"
	rm -r "$2"
}

# check NAME: mix the plan on standard input in every way and compare
check() {
	cat >"$1.plan"
	tamis plan -o "$1.lock" "$1.plan"
	tamis mix -q -j 1 -p "$1.plan" -o "$1.run"
	cmp "$1.lock" "$1.run/plan.lock"
	python3 "$here/blend.py" "$1.run" .
	tamis verify -q -j 2 "$1.run"
	tamis mix -q -j 4 -p "$1.run/plan.lock" --root . -o again
	same "$1" again
	mix "$1" again
	same "$1" again
	shards=$(grep -c '^[0-9]' "$1.run/run.tsv")
	only "$1" again "$shards"
	same "$1" again
	jobs=$(tamis mix -n -j 1 -m 16Mi --scatter all -p "$1.plan" | sed -n 's/^scatter jobs: //p')
	[ "$jobs" -ge 3 ]
	in_parts "$1" again --scatter "$jobs" 3 1
	in_parts "$1" again --scatter "$jobs" 3 2 0
	[ "$(find again/scatter -type f | wc -l)" -ge "$jobs" ]
	only "$1" again "$shards"
	rm -r again/scatter
	same "$1" again
}

# As much as the caps allow.
check max <<'PLAN'
tamis-plan 1
seq 256
seed 7
shard 200
phase p max
group en 0.7
group multi 0.3 cap=2.25
source many tok/many-1* tok/many-2? in=en cap=1.5
source huge tok/huge in=multi weight=0.2
source s1 tok/s1 in=multi
source s2 tok/s2 in=multi cap=3
source fim tok/fim in=multi
PLAN

# Different weights in the second phase; a document larger than a shard.
check two <<'PLAN'
tamis-plan 1
seq 64
seed 12345678901234567890
shard 400
phase p 150K
phase q 70K
group en 0.7 weight.q=0.5
group code 0.3 weight.q=0.5 temperature=2
source many tok/many-* in=en
source s1 tok/s1 in=code
source s2 tok/s2 in=code weight.q=0
source huge tok/huge in=code weight=0.7 cap=2
PLAN

# Three sample lengths, one of which returns; copies=; shares by size within bounds.
check three <<'PLAN'
tamis-plan 1
seq 256
phase short 200K shard=200
phase long 200K seq=1024 shard=60
phase again 200K shard=300
phase odd 30001 seq=100 shard=100
group en 0.6 weight.long=0.5
group more 0.4 weight.long=0.5 alpha=0.3 min=0.02 max=0.7
source many tok/many-* in=en cap=3
source huge tok/huge in=en weight=0.25
source s1 tok/s1 in=more
source s2 tok/s2 in=more copies=2:1.4,4:2.75,6:0.5
source s3 tok/s3 in=more weight.long=0 cap=2 times=3 copies=5:0
PLAN

# No source exceeds 1.5 epochs while others have tokens left.
check unimax <<'PLAN'
tamis-plan 1
seq 512
seed 3
phase p 100K shard=60
phase q 130K shard=50
group all 1 unimax=1.5
source tiny tok/tiny in=all
source s1 tok/s1 in=all copies=3:1.5
source s2 tok/s2 in=all
source many tok/many-* in=all
PLAN

# Samples that span several repeats and whole epochs.
check tiny <<'PLAN'
tamis-plan 1
seq 256
seed 5
phase p 60K shard=30
phase q 5K seq=32 shard=50
group g 1
source s1 tok/s1 in=g
source tiny tok/tiny in=g weight=0.03 copies=3:2.5
PLAN

check fit <<'PLAN'
tamis-plan 1
seq 128
seed 11
pack bestfit
phase p max shard=300
group g 1 cap=2
source many tok/many-* in=g
source huge tok/huge in=g weight=0.1 cap=3
source s3 tok/s3 in=g copies=1:0.3,3:2,5:1.5 cap=2.5
source tiny tok/tiny in=g weight=0.001
PLAN

check fit_lengths <<'PLAN'
tamis-plan 1
seq 1024
seed 2
pack bestfit
phase p 150K shard=60
phase q 150K seq=200 shard=300
phase r 100K shard=60
group g 0.75 weight.q=0.5 alpha=0.5
group h 0.25 weight.q=0.5
source many tok/many-* in=g cap=2
source huge tok/huge in=g
source fim tok/fim in=h copies=4:3
PLAN

# Documents held out by a hash of their ids, and runs of only these.
check hold <<'PLAN'
tamis-plan 1
seq 64
seed 21
hold 0.1
phase p 150K shard=200
group g 0.6
group h 0.4
source many tok/many-* in=g cap=3
source s3 tok/s3 in=h copies=2:1.4,4:2.75 hold=0.25
source s1 tok/s1 in=h hold=0
PLAN

check held <<'PLAN'
tamis-plan 1
seq 64
seed 21
only held
hold 0.1
phase p 200K shard=200
group g 0.5
group h 0.5
source many tok/many-* in=g
source s3 tok/s3 in=h copies=2:1.4,4:2.75 hold=0.25
PLAN

check fit_hold <<'PLAN'
tamis-plan 1
seq 128
pack bestfit
hold 0.3
phase p 100K shard=100
group g 1
source many tok/many-* in=g
source huge tok/huge in=g
source s3 tok/s3 in=g copies=1:0.3,3:2,5:1.5 only=held
PLAN

check fit_windows <<'PLAN'
tamis-plan 1
seq 32
pack bestfit
phase p max shard=2500
group g 1
source windows tok/windows in=g cap=1.25
PLAN

# Inputs larger than --memory.
for pack in concat bestfit; do
	check large_$pack <<PLAN
tamis-plan 1
seq 2048
pack $pack
phase p max shard=300
group g 1 cap=1
source a tok/u32-* in=g
source b tok/other in=g weight=0.01
PLAN
	tamis mix -n -j 1 -m 16Mi -p large_$pack.plan | grep -q '^scatter jobs: [1-9]'
done
rm -r large_*.run

# Shards with different end-of-document tokens.
cat >bad.plan <<'PLAN'
tamis-plan 1
seq 64
phase p max
group g 1
source a tok/s1 in=g
source b tok/none in=g
PLAN
encode none --eod none <1.jsonl
rc=0
tamis mix -q -p bad.plan -o bad 2>err || rc=$?
[ $rc -eq 3 ]
grep -q 'the end-of-document token of' err

# Runs whose plans agree up to a phase begin with the same bytes, except the bytes that identify the run.
cat >head.plan <<'PLAN'
tamis-plan 1
seq 256
seed 1
shard 100
phase a 100K
PLAN
cat >tail.plan <<'PLAN'
group g 0.6
group h 0.4 alpha=0.5
source many tok/many-* in=g
source s1 tok/s1 in=h
source s3 tok/s3 in=h copies=3:1.5
PLAN
begins_alike() {
	cat >other.plan
	rm -rf other.run
	tamis mix -q -p other.plan -o other.run
	python3 "$here/blend.py" other.run .
	python3 - "$here" base.run other.run 4 <<'PY'
import sys
sys.path.insert(0, sys.argv[1])
from shard_reader import Shard
for no in range(int(sys.argv[4])):
    a, b = (Shard(f"{run}/shard-0000{no}", blocks=False) for run in sys.argv[2:4])
    assert (a.ids, a.idx) == (b.ids, b.idx), no
    for tag in "SEGIDX", "SEG", "NEXT", "DOC", "DOCID":
        assert a.section[tag] == b.section[tag], (no, tag)
PY
}
for pack in concat bestfit; do
	pack="s/^seed 1/&\npack $pack/"
	{ cat head.plan && echo 'phase b 50K' && cat tail.plan; } | sed "$pack" >base.plan
	tamis mix -q --force -p base.plan -o base.run
	sed 's/^phase b.*/phase b 130K/' base.plan | begins_alike
	sed 's/^phase b.*/phase b 150K seq=512/' base.plan | begins_alike
	sed -e 's/^phase b.*/batch 0 16\n&\nphase c 100K seq=64/' -e 's/^group g.*/& weight.b=0.2/' \
		-e 's/^group h.*/& weight.b=0.8/' \
		-e '$a source new tok/fim in=h weight=0 weight.b=0.25 weight.c=0.1' base.plan | begins_alike
done
