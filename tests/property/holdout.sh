#!/bin/bash
# holdout.sh - a run and the run of its held-out documents are disjoint and cover all documents.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
corpus 1 400 | grep -v '"text":""' >a.jsonl
tamis vocab -q --size 400 -o m.model a.jsonl
encode() { tamis encode -q -m m.model -o "$@"; }
# b shares every third document with a; c has no ids.
{
	awk 'NR % 3 == 0' a.jsonl
	corpus 2 200
} >b.jsonl
corpus 3 200 | sed 's/"id":"[^"]*",//' >c.jsonl
grep -q '"id"' a.jsonl && ! grep -q '"id"' c.jsonl
for i in a b c; do encode $i $i.jsonl; done
# The documents of a in another order, in several shards.
sort a.jsonl >sorted
split -n l/4 sorted part-
mkdir parts
for i in part-*; do encode "parts/$i" "$i"; done

# ids PLAN-LINE...: the ids of the documents that a run of the plan has, once each
ids() {
	printf 'tamis-plan 1\nseq 32\n%b\nphase p max\ngroup g 1\n' "$1" >plan
	printf '%s\n' "${@:2}" >>plan
	tamis mix -q --force -p plan -o run
	tamis verify -q run
	tamis check-blend -q run || [ $? -eq 1 ]
	tamis cat --all run | sed -n "s/^# token.*, document '\\([^']*\\)',.*/\\1/p" | sort -u
}

for i in a b c; do
	ids '' "source s $i in=g" >all
	for hold in 0.02 0.3 0.9; do
		ids "hold $hold" "source s $i in=g" >train
		ids "hold $hold\nonly held" "source s $i in=g" >held
		if ! [ -s held ] || ! [ -s train ]; then fail "$i: hold $hold: nothing"; fi
		comm -12 train held | grep . && fail "$i: hold $hold: documents in both runs"
		sort train held | cmp all - || fail "$i: hold $hold: documents in neither run"
		touch "last.$i"
		comm -23 "last.$i" held | grep . && fail "$i: hold $hold: a smaller fraction holds out others"
		cp held "last.$i"
		mv held "held.$i.$hold"
	done
	wc -l <all >"count.$i"
done
# The choice depends on nothing but the id.
ids 'seed 77\nhold 0.3\nonly held\npack bestfit' 'source t parts/part-* in=g' | cmp "held.a.0.3" - ||
	fail 'other documents by another seed, order, packing and division into shards'
# Documents of two sources with one id are held out of both.
ids 'hold 0.3' 'source a a in=g' 'source b b in=g' >train
for i in a b; do
	comm -12 train "held.$i.0.3" | grep . && fail "documents held out of $i occur by another source"
done
[ "$(comm -12 held.a.0.3 held.b.0.3 | wc -l)" -gt 20 ] || fail 'the sources share no held-out documents'
# The fraction is about right: 0.3 of 400 documents is 120, with a standard deviation of 9.
off=$(($(wc -l <held.a.0.3) * 10 - $(cat count.a) * 3))
if [ ${off#-} -gt 460 ]; then fail "hold 0.3 is $off tenths of a document off"; fi
# check-blend finds a document that the plan holds out: a run of the hold 0.3 under the plan of 0.9.
for hold in 0.9 0.3; do
	printf 'tamis-plan 1\nseq 32\nhold %s\nphase p 3200\ngroup g 1\nsource s a in=g\n' $hold >plan
	tamis mix -q --force -p plan -o run
	cp run/plan.lock $hold.lock
done
python3 - "$here" <<'PY'
import hashlib, struct, sys
sys.path.insert(0, sys.argv[1])
from shard_reader import crc32c
plan = open("0.9.lock", "rb").read()
with open("run/shard-00000.sdx", "r+b") as f:
    head = bytearray(f.read(252))
    head[176:208] = hashlib.sha256(plan).digest()
    head[208:224] = head[176:192]
    f.seek(0)
    f.write(head + struct.pack("<I", crc32c(head)))
PY
rm run/run.tsv
cp 0.9.lock run/plan.lock
tamis mix -q -p 0.9.lock --root . -o run --resume
tamis check-blend run >out 2>&1 && fail 'check-blend accepts documents that are held out'
grep -q "document [0-9]* of source 's' is held out in plan.lock, but occurs" out || fail "$(cat out)"
