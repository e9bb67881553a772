#!/usr/bin/env python3
"""Recount a run from its bytes alone: shares at every prefix, epochs, segments, NEXT.

usage: blend.py RUN-FOLDER FOLDER-OF-THE-PLAN

Shares no code with the mixer: reads plan.lock as text and the shards with shard_reader.py.
"""
import array
import glob
import hashlib
import os
import sys
from fractions import Fraction

from shard_reader import CONTINUES, ENDS, NONE, PAD, Shard

SHARE = 10**12
CAP = 10**6

problems = []


def wrong(text):
    problems.append(text)
    if len(problems) <= 20:
        print("blend.py: " + text)


def numbers(text):
    return [int(v) for v in text.split(",")]


def read_lock(path):
    lock = {"phase": [], "group": {}, "source": [], "at": []}
    with open(path, "rb") as f:
        raw = f.read()
    lock["hash"] = hashlib.sha256(raw).digest()
    for line in raw.decode().splitlines():
        key, _, rest = line.partition(" ")
        word = rest.split(" ")
        named = dict(w.split("=", 1) for w in word if "=" in w)
        if key in ("seq", "seed", "shard", "samples"):
            lock[key] = int(rest)
        elif key == "ids":
            lock["ids"] = named
        elif key == "phase":
            lock["phase"].append((word[0], int(word[1])))
        elif key == "group":
            lock["group"][word[0]] = numbers(named["weight"])
        elif key == "source":
            cap = None if named["cap"] == "none" else int(named["cap"])
            lock["source"].append(
                {
                    "name": word[0],
                    "group": named["in"],
                    "weight": numbers(named["weight"]),
                    "cap": cap,
                    "tokens": int(named["tokens"]),
                    "docs": [],
                }
            )
        elif key == "docs":
            lock["source"][-1]["docs"].append((word[0], rest.split(" ", 3)[3]))
        elif key == "at":
            lock["at"].append([int(w) for w in word])
    return lock


def load_source(source, root, width):
    """One epoch: all tokens, and where each document starts."""
    ids = array.array("H" if width == 2 else "I")
    starts = []
    for sha, path in source["docs"]:
        shard = Shard(os.path.join(root, path))
        if shard.digest != sha:
            wrong(f"{path}: not the shard that plan.lock names")
        at = len(ids)
        for _, tokens, _ in shard.documents():
            starts.append((at, tokens))
            at += tokens
        ids.extend(shard.ids)
        if at != len(ids):
            wrong(f"{path}: documents and payload differ in length")
    if len(ids) != source["tokens"]:
        wrong(f"source {source['name']}: {len(ids)} tokens, plan.lock says {source['tokens']}")
    source["ids"], source["starts"] = ids, starts
    cap = source["cap"]
    source["end"] = None if cap is None else len(ids) * -(-cap // CAP)
    source["used"] = {}
    source["last_epoch"] = 0


def check_order(lock, order):
    """The error of every group and source at every prefix of every phase."""
    worst_group = worst_source = Fraction(0)
    at = 0
    for k, (name, samples) in enumerate(lock["phase"]):
        got_s = [0] * len(lock["source"])
        got_g = dict.fromkeys(lock["group"], 0)
        for t in range(1, samples + 1):
            s = order[at]
            at += 1
            source = lock["source"][s]
            w, group = source["weight"][k], lock["group"][source["group"]][k]
            if w == 0:
                wrong(f"phase {name}: source {source['name']} has no share but a sample")
                continue
            # A count is farthest off just before its step and just after.
            for now, step in ((t - 1, 0), (t, 1)):
                got_s[s] += step
                got_g[source["group"]] += step
                off_g = abs(Fraction(group * now, SHARE) - got_g[source["group"]])
                off_s = abs(Fraction(w * now, SHARE) - got_s[s])
                bound = 1 if w == group else 1 + Fraction(w, 2 * group)
                if off_g >= 1:
                    wrong(f"phase {name}: sample {t}: group {source['group']} is off by {float(off_g)}")
                if off_s >= bound:
                    wrong(f"phase {name}: sample {t}: source {source['name']} is off by {float(off_s)}")
                worst_group = max(worst_group, off_g)
                worst_source = max(worst_source, off_s)
        for s, source in enumerate(lock["source"]):
            if abs(Fraction(source["weight"][k] * samples, SHARE) - got_s[s]) >= Fraction(3, 2):
                wrong(f"phase {name}: source {source['name']} has {got_s[s]} samples at the end")
    if at != len(order):
        wrong(f"{len(order)} samples in the shards, {at} in the phases")
    return worst_group, worst_source


def check_segment(where, source, ids, seg, end, docs, position, s):
    """One segment of documents; returns the place in the stream behind it."""
    start, row, offset, of, epoch, flags = seg
    ordinal, tokens, doc_source = docs[row]
    first, length = source["starts"][ordinal]
    n = end - start
    place = epoch * source["tokens"] + first + offset
    if position is not None and place != position:
        wrong(f"{where}: segment at {start} is token {place} of the stream, not {position}")
    if tokens != length or doc_source != s or of != s:
        wrong(f"{where}: segment at {start} names another document")
    if offset + n > length or n <= 0:
        wrong(f"{where}: segment at {start} runs past its document")
    want = (CONTINUES if offset else 0) | (ENDS if offset + n == length else 0)
    if flags != want:
        wrong(f"{where}: segment at {start} has flags {flags}, not {want}")
    if ids[start:end] != source["ids"][first + offset : first + offset + n]:
        wrong(f"{where}: segment at {start} holds other tokens than its document")
    return place + n


def check_sample(lock, where, ids, segs, docs, nxt, pad):
    """One sample; returns its source and its pad tokens."""
    s, seq = segs[0][3], lock["seq"]
    source = lock["source"][s]
    position = None
    padded = 0
    for i, seg in enumerate(segs):
        end = segs[i + 1][0] if i + 1 < len(segs) else seq
        if i == 0 and seg[0] != 0:
            wrong(f"{where}: the first segment does not start at 0")
        if seg[5] & PAD:
            padded = end - seg[0]
            if i + 1 < len(segs) or position != source["end"]:
                wrong(f"{where}: pad, but not at the end of the source")
            if any(t != pad for t in ids[seg[0] : end]):
                wrong(f"{where}: pad of other tokens")
            continue
        last = check_segment(where, source, ids, seg, end, docs, position, s)
        if position is None:
            check_place(lock, where, source, last - (end - seg[0]))
        position = last
    want = NONE
    if not padded and (source["end"] is None or position < source["end"]):
        want = source["ids"][position % source["tokens"]]
    if nxt != want:
        wrong(f"{where}: NEXT is {nxt}, not {want}")
    return s, padded


def check_place(lock, where, source, place):
    """That the sample is one of the stream's, unused so far, and its epoch's turn."""
    if place % lock["seq"]:
        wrong(f"{where}: starts at token {place} of the stream, inside a sample")
    epoch = place // source["tokens"]
    used = source["used"].setdefault(epoch, set())
    if place in used:
        wrong(f"{where}: a sample of source {source['name']} comes twice in epoch {epoch}")
    used.add(place)
    if epoch < source["last_epoch"]:
        wrong(f"{where}: epoch {epoch} of {source['name']} goes on after the next one began")
    source["last_epoch"] = max(source["last_epoch"], epoch)


def check_epochs(lock):
    """All epochs but the last are used up; returns samples in order / in all, for people."""
    seq = lock["seq"]
    for source in lock["source"]:
        total = 0
        for epoch, used in source["used"].items():
            t = source["tokens"]
            whole = -(-(epoch + 1) * t // seq) - -(-epoch * t // seq)
            total += len(used)
            if epoch < source["last_epoch"] and len(used) != whole:
                wrong(f"source {source['name']}: epoch {epoch} used {len(used)} of {whole} samples")
        cap = source["cap"]
        if cap is not None and total > -(-source["tokens"] * cap // (CAP * seq)):
            wrong(f"source {source['name']}: {total} samples are more than its cap")


def check_run(lock, folder, pad):
    order, pads = [], 0
    prefixes = sorted(p[:-4] for p in glob.glob(os.path.join(glob.escape(folder), "shard-*.sdx")))
    counts = [0] * len(lock["source"])
    for no, prefix in enumerate(prefixes):
        shard = Shard(prefix)
        name = os.path.basename(prefix)
        if shard.no != no or shard.first != len(order) or shard.count != len(prefixes):
            wrong(f"{name}: out of place")
        if shard.plan != lock["hash"] or shard.run_id != lock["hash"][:16]:
            wrong(f"{name}: of another plan")
        if shard.run_samples != lock["samples"] or shard.seq != lock["seq"]:
            wrong(f"{name}: of another run")
        if lock["at"][no] != [shard.first] + counts:
            wrong(f"{name}: counts before it differ from plan.lock")
        index = [r[0] for r in shard.rows("SEGIDX", "Q")]
        segs = shard.rows("SEG", "IIIHBB")
        nexts = [r[0] for r in shard.rows("NEXT", "I")]
        docs = shard.documents()
        met, before = [], pads
        for i in range(shard.samples):
            ids = shard.ids[i * shard.seq : (i + 1) * shard.seq]
            mine = segs[index[i] : index[i + 1]]
            met.extend(seg[1] for seg in mine if not seg[5] & PAD)
            s, padded = check_sample(lock, f"{name}: sample {i}", ids, mine, docs, nexts[i], pad)
            order.append(s)
            counts[s] += 1
            pads += padded
        if list(dict.fromkeys(met)) != list(range(len(docs))):
            wrong(f"{name}: documents are not listed once each, first met first")
        if shard.loss_tokens != shard.tokens - (pads - before):
            wrong(f"{name}: loss_tokens {shard.loss_tokens}")
    if lock["at"][-1] != [len(order)] + counts or len(order) != lock["samples"]:
        wrong("the counts at the end differ from plan.lock")
    return order, pads, len(prefixes)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    folder, root = sys.argv[1:]
    lock = read_lock(os.path.join(folder, "plan.lock"))
    width = 2 if int(lock["ids"]["vocab"]) <= 65536 else 4
    pad = lock["ids"]["pad"]
    pad = int(lock["ids"]["eod"] if pad == "none" else pad)
    for source in lock["source"]:
        load_source(source, root, width)
    order, pads, shards = check_run(lock, folder, pad)
    check_epochs(lock)
    group, source = check_order(lock, order)
    print(
        f"{len(order)} samples in {shards} shards, {pads} pad tokens; farthest off at any prefix: "
        f"group {float(group):.4f}, source {float(source):.4f} samples; {len(problems)} problems"
    )
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
