#!/usr/bin/env python3
"""Recompute what tamis check-blend and tamis stats report about a run, by definition, and compare.

usage: recount.py RUN-DIR

It shares no code with them: it reads plan.lock as text, and shards with shard_reader.py.
"""
import collections
import glob
import json
import os
import subprocess
import sys
from fractions import Fraction

from shard_reader import CONTINUES, ENDS, PAD, Shard

ONE = 10**12


def read_lock(path):
    lock = {"phases": [], "groups": [], "sources": [], "batches": []}
    for line in open(path):
        key, *word = line.split()
        named = dict(w.split("=", 1) for w in word if "=" in w)
        if key == "phase":
            lock["phases"].append((word[0], int(word[1]), int(named["seq"])))
        elif key in ("group", "source"):
            weight = [int(w) for w in named["weight"].split(",")]
            lock[key + "s"].append({"name": word[0], "weight": weight, "group": named.get("in"), "rows": 0})
        elif key == "docs":
            lock["sources"][-1]["rows"] += int(dict(w.split("=") for w in word if "=" in w)["rows"])
        elif key == "batch":
            lock["batches"].append((int(word[0]), int(word[1])))
    return lock


def read_samples(run_dir):
    """Yield (source, seq, tokens without padding, [(row, epoch, tokens, flags)]) of each sample."""
    for path in sorted(glob.glob(os.path.join(run_dir, "shard-*.sdx"))):
        shard = Shard(path[:-4])
        docs = shard.documents()
        index = [r[0] for r in shard.rows("SEGIDX", "Q")]
        segs = shard.rows("SEG", "IIIHBB")
        for i in range(shard.samples):
            mine = segs[index[i] : index[i + 1]]
            ends = [g[0] for g in mine[1:]] + [shard.seq]
            all_ = [(docs[g[1]], g[4], end - g[0], g[5]) for g, end in zip(mine, ends) if not g[5] & PAD]
            yield mine[0][3], shard.seq, sum(a[2] for a in all_), all_


def phase_of(lock, sample):
    for k, (_, n, _) in enumerate(lock["phases"]):
        if sample < n:
            return k, sample
        sample -= n


def prefixes(lock, samples, first, end):
    """The largest errors of sources and groups in each phase, over samples [first, end)."""
    out, had, at = {}, None, None
    for i in range(first, end):
        k, n = phase_of(lock, i)
        if n == 0 or had is None:
            had = {"source": collections.Counter(), "group": collections.Counter()}
        source = lock["sources"][samples[i][0]]
        had["source"][source["name"]] += 1
        had["group"][source["group"]] += 1
        for kind in had:
            for thing in lock[kind + "s"]:
                off = abs(Fraction(thing["weight"][k] * (n + 1), ONE) - had[kind][thing["name"]])
                worst = out.setdefault((k, kind), off)
                out[k, kind] = max(worst, off)
    return out


def batches(lock, samples, first, end):
    """Yield the number of each batch in the range, and its samples there."""
    lines = lock["batches"] or [(0, 1024)]
    at, no = 0, 0
    while at < end:
        size = [n for start, n in lines if start <= at][-1]
        mine = [i for i in range(at, at + size) if first <= i < end]
        if mine:
            yield no, mine
        at, no = at + size, no + 1


def of_batches(lock, samples, first, end):
    worst, chi2, df = Fraction(0), Fraction(0), 0
    for _, mine in batches(lock, samples, first, end):
        had = collections.Counter(samples[i][0] for i in mine)
        sources = 0
        for s, source in enumerate(lock["sources"]):
            share = sum(Fraction(source["weight"][phase_of(lock, i)[0]], ONE) for i in mine)
            worst = max(worst, abs(share - had[s]))
            if share:
                chi2 += (had[s] - share) ** 2 / share
                sources += 1
        df += sources - 1
    return worst, chi2, df


def of_distances(samples, first, end):
    """{"copies" or "fragments": {source: [distances]}}"""
    seen, out = {}, {"copies": {}, "fragments": {}}
    for i in range(first, end):
        s, _, _, segs = samples[i]
        for doc, epoch, _, _ in segs:
            before = seen.setdefault((s, doc[0]), [])
            if before and before[-1][1] == epoch:
                out["fragments"].setdefault(s, []).append(i - before[-1][0])
            others = [at for at, e in before if e != epoch]
            if others:
                out["copies"].setdefault(s, []).append(i - others[-1])
            before.append((i, epoch))
    return out


def of_pairs(lock, samples, first, end, s, bins):
    """chi-squared of the pairs of source s, scaled, and its degrees of freedom."""
    tables, last = [], None  # one per epoch, in sequence
    for i in range(first, end):
        if samples[i][0] != s or not samples[i][3]:
            continue
        (row, *_), epoch = samples[i][3][0][0], samples[i][3][0][1]
        bin_ = row * bins // lock["sources"][s]["rows"]
        if last and last[1] == epoch:
            tables[-1][last[0], bin_] += 1
        else:
            tables.append(collections.Counter())
        last = bin_, epoch
    chi2, df = Fraction(0), 0
    for table in tables:
        n = sum(table.values())
        rows, columns = collections.Counter(), collections.Counter()
        for (a, b), k in table.items():
            rows[a] += k
            columns[b] += k
        if len(rows) < 2 or len(columns) < 2:
            continue
        for a in rows:
            for b in columns:
                want = Fraction(rows[a] * columns[b], n)
                chi2 += (table[a, b] - want) ** 2 / want * Fraction(n - 1, n)
        df += (len(rows) - 1) * (len(columns) - 1)
    return chi2, df


def near(got, counted, what):
    assert abs(got - float(counted)) <= 1e-6 * (1 + float(counted)), f"{what}: {got}, counted {float(counted)}"


def same(got, counted, what):
    assert got == counted, f"{what}: {got}, counted {counted}"


def sorted_object(pairs):
    assert [k for k, _ in pairs] == sorted({k for k, _ in pairs}), f"keys are not sorted: {pairs}"
    return dict(pairs)


def ask(*args):
    done = subprocess.run(["tamis", *args], capture_output=True, text=True)
    assert done.returncode == 0 and not done.stderr, f"tamis {args}: {done}"
    return json.loads(done.stdout, parse_float=str, object_pairs_hook=sorted_object)


def check_range(lock, samples, run_dir, args, first, end):
    got = ask("check-blend", "--json", *args, run_dir)
    same((got["first_sample"], got["samples"]), (first, end - first), "range")
    off = prefixes(lock, samples, first, end)
    for phase in got["phases"]:
        k = [p[0] for p in lock["phases"]].index(phase["name"])
        for kind in ("source", "group"):
            worst = phase["farthest_" + kind]
            if worst:
                same(Fraction(worst["samples"]), off[k, kind], f"{args} {phase['name']}: {kind}")
    worst, chi2, df = of_batches(lock, samples, first, end)
    same(Fraction(got["batches"]["farthest_source"]["samples"]), worst, f"{args}: batches")
    same(got["batches"]["df"], df, f"{args}: df of batches")
    near(float(got["batches"]["chi2_per_df"]), chi2 / df, f"{args}: chi2 of batches")
    all_ = sum(samples[i][2] for i in range(first, end))
    for s, source in enumerate(got["sources"]):
        mine = [i for i in range(first, end) if samples[i][0] == s]
        tokens = sum(samples[i][2] for i in mine)
        same((source["samples"], source["tokens"]), (len(mine), tokens), f"{args}: {source['name']}")
        assert abs(Fraction(source["achieved"]) - Fraction(tokens, all_)) < Fraction(1, ONE)
        room = sum(samples[i][1] for i in range(first, end))
        plan = sum(Fraction(lock["sources"][s]["weight"][phase_of(lock, i)[0]] * samples[i][1], ONE)
                   for i in range(first, end))
        assert abs(Fraction(source["planned"]) - plan / room) < Fraction(1, ONE)
    return got


def check_order(lock, samples, got):
    far = of_distances(samples, 0, len(samples))
    for kind, by_source in far.items():
        for of in got["documents"][kind]:
            s = [x["name"] for x in lock["sources"]].index(of["name"])
            distances = sorted(by_source.pop(s))
            same(of["number"], len(distances), kind)
            same(of["nearest"]["distance"], distances[0], kind)
            median = distances[(len(distances) + 1) // 2 - 1]
            assert median - median / 32 <= of["median"] <= median, f"{kind}: median {of['median']}, {median}"
        same(by_source, {}, kind)
    for of in got["order"]:
        s = [x["name"] for x in lock["sources"]].index(of["name"])
        runs = [k for k, x in enumerate(samples) if x[0] == s and (k == 0 or samples[k - 1][0] != s)]
        mine = sum(x[0] == s for x in samples)
        near(float(of["mean_run"]), Fraction(mine * 1000 // len(runs), 1000), "runs")
        found = [of_pairs(lock, samples, 0, len(samples), s, bins) for bins in range(2, 33)] if of["df"] else []
        assert not found or any(
            df == of["df"] and abs(float(chi2 / df) - float(of["chi2_per_df"])) < 1e-5 for chi2, df in found
        ), f"pairs of {of['name']}: {of}"


def check_stats(samples, run_dir):
    got = ask("stats", run_dir)["all"]
    segs = [seg for x in samples for seg in x[3]]
    begun = [seg for seg in segs if not seg[3] & CONTINUES]
    same(got["documents"], len(begun), "documents")
    same(got["cut_documents"], sum(not seg[3] & ENDS for seg in begun), "cut")
    same(got["segments"], len(segs), "segments")
    same(got["continued_segments"], len(segs) - len(begun), "continued")
    same(got["tokens"], sum(x[2] for x in samples), "tokens")
    same(got["pad"], sum(x[1] - x[2] for x in samples), "pad")
    same(got["epochs_begun"], max(seg[1] for seg in segs) + 1, "epochs")
    for name, lengths in ("document_tokens", [seg[0][1] for seg in begun]), ("segment_tokens", [seg[2] for seg in segs]):
        lengths.sort()
        same(got[name]["max"], lengths[-1], name)
        same(Fraction(got[name]["mean"]), Fraction(sum(lengths) * 1000 // len(lengths), 1000), name)
        for p in 10, 50, 90, 99:
            exact = lengths[-(-len(lengths) * p // 100) - 1]
            assert exact - exact / 32 <= got[name][f"p{p}"] <= exact, f"{name}: p{p}: {got[name]}, {exact}"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    run_dir = sys.argv[1]
    lock = read_lock(os.path.join(run_dir, "plan.lock"))
    samples = list(read_samples(run_dir))
    got = check_range(lock, samples, run_dir, [], 0, len(samples))
    check_order(lock, samples, got)
    check_stats(samples, run_dir)
    for n in 1, 7, len(samples) // 2, len(samples) - 1:
        check_range(lock, samples, run_dir, ["--at", str(n)], 0, n)
    first = 0
    for name, n, _ in lock["phases"]:
        check_range(lock, samples, run_dir, ["--phase", name], first, first + n)
        first += n
    for no, mine in list(batches(lock, samples, 0, len(samples)))[::5]:
        check_range(lock, samples, run_dir, ["--batch", str(no)], mine[0], mine[-1] + 1)
    print(f"{len(samples)} samples recounted: check-blend and stats agree")


if __name__ == "__main__":
    main()
