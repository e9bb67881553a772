#!/usr/bin/env python3
"""Recompute a run from plan.lock and its DOCS shards, and compare every byte that they determine.

usage: blend.py RUN-DIR PLAN-DIR

Written from tamis-plan(5) and tamis-shard(5) alone; it shares no code with the mixer.  It leaves
checksums to tamis verify.  Prints one line.
"""
import array
import bisect
import glob
import hashlib
import heapq
import itertools
import json
import os
import struct
import sys

from shard_reader import CONTINUES, ENDS, NONE, NO_LOSS, PAD, SAMPLES, Shard

SHARE = 10**12
MILLION = 10**6
WINDOW = 65536
MASK = 2**64 - 1

problems = []


def wrong(text):
    problems.append(text)
    if len(problems) <= 20:
        print("blend.py: " + text)


# XXH3-64 with a seed, for 1 to 64 bytes.
SECRET = bytes.fromhex(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671f"
    "cb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c"
)
PRIME = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
WORDS = struct.unpack("<8Q", SECRET)


def fold(a, b):
    product = (a & MASK) * (b & MASK)
    return (product ^ product >> 64) & MASK


def swap(value, size):
    return int.from_bytes(value.to_bytes(size, "little"), "big")


def xxh3_short(data, seed):
    """The three cases of up to 16 bytes."""
    n = len(data)
    if n <= 3:
        h = data[0] << 16 | data[n >> 1] << 24 | data[-1] | n << 8
        h ^= (int.from_bytes(SECRET[:4], "little") ^ int.from_bytes(SECRET[4:8], "little")) + seed & MASK
        h = (h ^ h >> 33) * PRIME[1] & MASK
        h = (h ^ h >> 29) * PRIME[2] & MASK
        return h ^ h >> 32
    if n <= 8:
        seed ^= swap(seed & NONE, 4) << 32
        h = int.from_bytes(data[-4:], "little") + (int.from_bytes(data[:4], "little") << 32)
        h ^= (WORDS[1] ^ WORDS[2]) - seed & MASK
        h ^= (h << 49 | h >> 15) & MASK ^ (h << 24 | h >> 40) & MASK
        h = h * 0x9FB21C651E98DF25 & MASK
        h = (h ^ (h >> 35) + n) * 0x9FB21C651E98DF25 & MASK
        return h ^ h >> 28
    low = int.from_bytes(data[:8], "little") ^ (WORDS[3] ^ WORDS[4]) + seed & MASK
    high = int.from_bytes(data[-8:], "little") ^ (WORDS[5] ^ WORDS[6]) - seed & MASK
    return avalanche(n + swap(low, 8) + high + fold(low, high))


def avalanche(h):
    h &= MASK
    h = (h ^ h >> 37) * 0x165667919E3779F9 & MASK
    return h ^ h >> 32


def xxh3(data, seed):
    n = len(data)
    assert 0 < n <= 64
    if n <= 16:
        return xxh3_short(data, seed)
    h = n * PRIME[0]
    for at, word in ((0, 0), (n - 16, 2)) + (((16, 4), (n - 32, 6)) if n > 32 else ()):
        a, b = struct.unpack_from("<QQ", data, at)
        h += fold(a ^ WORDS[word] + seed & MASK, b ^ WORDS[word + 1] - seed & MASK)
    return avalanche(h)


class Permutation:
    """The permutation of the n samples of one epoch part."""

    def __init__(self, name, seed, number, n):
        state = splitmix64(xxh3(name.encode(), seed) ^ number)
        self.keys, self.n = [], n
        for _ in range(6):
            self.keys.append(splitmix64(state))
            state += 0x9E3779B97F4A7C15
        self.half = ((n - 1).bit_length() + 1) // 2

    def __call__(self, x):
        mask = (1 << self.half) - 1
        while True:
            left, right = x >> self.half, x & mask
            for key in self.keys:
                z = (right ^ key) * 0x9E3779B97F4A7C15 & MASK
                z = (z ^ z >> 32) * 0xD6E8FEB86659FD93 & MASK
                left, right = right, left ^ z >> 29 & mask
            x = left << self.half | right
            if x < self.n:
                return x


def splitmix64(state):
    """The output of a state.  The next state is 9e3779b97f4a7c15 more."""
    z = state + 0x9E3779B97F4A7C15 & MASK
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
    return z ^ z >> 31


def numbers(text):
    return [int(v) for v in text.split(",")]


class Plan:
    """The text of plan.lock, parsed."""

    def __init__(self, path):
        with open(path, "rb") as f:
            raw = f.read()
        self.hash = hashlib.sha256(raw).digest()
        self.phases, self.groups, self.sources, self.at = [], {}, [], []
        lines = raw.decode().splitlines()
        if lines[0] != "tamis-lock 2":
            wrong("plan.lock: line 1")
        if not lines[-1].startswith("xxh3 "):
            wrong("plan.lock: last line")
        for line in lines[1:-1]:
            key, _, rest = line.partition(" ")
            words = rest.split(" ")
            named = dict(w.split("=", 1) for w in words if "=" in w)
            getattr(self, "read_" + key, lambda *a: setattr(self, key, rest))(words, named)
        self.seed, self.samples = int(self.seed), int(self.samples)

    def read_ids(self, _, named):
        self.ids = {k: NONE if v == "none" else int(v) for k, v in named.items()}

    def read_batch(self, words, named):
        pass

    def read_phase(self, words, named):
        self.phases.append((words[0], int(words[1]), int(named["seq"]), int(named["shard"])))

    def read_group(self, words, named):
        self.groups[words[0]] = numbers(named["weight"])

    def read_source(self, words, named):
        self.sources.append(Source(len(self.sources), words[0], named))

    def read_docs(self, words, named):
        self.sources[-1].parts.append((words[0], words[4], named))

    def read_packed(self, words, named):
        self.sources[-1].packed[int(words[0]), int(named["round"])] = numbers(named["windows"])

    def read_at(self, words, _):
        self.at.append([int(w) for w in words])


class Source:
    def __init__(self, number, name, named):
        self.number, self.name, self.group = number, name, named["in"]
        self.weight = numbers(named["weight"])
        self.cap = None if named["cap"] == "none" else int(named["cap"])
        self.copies = []
        if named["copies"] != "none":
            self.copies = [tuple(int(v) for v in pair.split(":")) for pair in named["copies"].split(",")]
        self.stated = numbers(named["documents"]), numbers(named["tokens"])
        self.hold, self.only = int(named.get("hold", 0)), named.get("only") == "held"
        self.stated_held, self.held = numbers(named["held"]) if self.hold else [0, 0], [0, 0]
        self.parts, self.packed, self.streams, self.epochs = [], {}, {}, {}

    def load(self, plan, root):
        """Read the documents of all inputs and divide them into repeats."""
        width = 2 if plan.ids["vocab"] <= 65536 else 4
        self.ids, self.docs, self.part_rows = array.array("H" if width == 2 else "I"), [], []
        repeats = []
        for digest, path, named in self.parts:
            shard = Shard(os.path.join(root, path), blocks=False)
            self.part_rows.append(len(self.docs))
            if shard.digest != digest or shard.docs != int(named["rows"]):
                wrong(f"{path}: not the shard that plan.lock names")
            if (shard.vocab, shard.eod, shard.pad, shard.bos) != tuple(plan.ids[k] for k in ("vocab", "eod", "pad", "bos")):
                wrong(f"{path}: ids")
            if shard.sdx[144:176].hex() != plan.tokenizer:
                wrong(f"{path}: tokenizer")
            times = self.read_part(plan.seed, shard)
            part = [[o for o, t in enumerate(times, self.part_rows[-1]) if t > r] for r in range(len(self.stated[0]))]
            if max(times) > len(part):
                wrong(f"{path}: a document is used {max(times)} times, plan.lock has {len(part)} repeats")
            if numbers(named["documents"]) != [len(r) for r in part]:
                wrong(f"{path}: documents of its repeats: {[len(r) for r in part]}")
            if numbers(named["tokens"]) != [sum(self.docs[o][1] for o in r) for r in part]:
                wrong(f"{path}: tokens of its repeats")
            repeats.append(part)
        self.repeats = [list(itertools.chain(*r)) for r in zip(*repeats)]
        self.sums = [[0, *itertools.accumulate(self.docs[o][1] for o in r)] for r in self.repeats]
        if self.stated != ([len(r) for r in self.repeats], [s[-1] for s in self.sums]):
            wrong(f"source {self.name}: documents and tokens of its repeats")
        if self.held != self.stated_held:
            wrong(f"source {self.name}: documents and tokens held out")
        # Tokens of an epoch before each repeat, and of the whole epoch.
        self.epoch = [0, *itertools.accumulate(s[-1] for s in self.sums)]
        self.end = None if self.cap is None else -(-self.cap // MILLION) * self.epoch[-1]

    def read_part(self, seed, shard):
        """Append the documents of one shard.  Returns the uses of each per epoch."""
        at, n = len(self.ids), shard.docs
        flags = shard.section.get("DOCFLAG", bytes(n))
        text = struct.unpack_from(f"<{2 * n + 1}Q", shard.section["DOCID"])
        raw = shard.section["DOCID"][16 * n + 8 :]
        num = [None] * n
        if "DOCNUM" in shard.section:
            num = struct.unpack(f"<{n}H", shard.section["DOCNUM"][64:])
        times = []
        for row, (key, _, tokens, _, lang) in enumerate(shard.rows("DOC", "16sQIHH")):
            id_, url = raw[text[2 * row] : text[2 * row + 1]], raw[text[2 * row + 1] : text[2 * row + 2]]
            self.docs.append((at, tokens, key, lang, flags[row], id_, url))
            times.append(self.times(key, num[row], seed))
            if self.is_held(key):
                self.held = [self.held[0] + 1, self.held[1] + tokens]
            at += tokens
        self.ids.extend(shard.ids)
        return times

    def is_held(self, key):
        return int.from_bytes(key[:8], "big") * SHARE < self.hold << 64

    def times(self, key, number, seed):
        if self.is_held(key) != self.only:
            return 0
        if not self.copies:
            return 1
        x = MILLION
        for start, value in self.copies:
            if number >= start:
                x = value
        more = xxh3(key, seed) * MILLION >> 64 < x % MILLION
        return x // MILLION + more

    def stream(self, plan, seq):
        if seq not in self.streams:
            kind = {"concat": Concat, "bestfit": Bestfit}[plan.pack]
            self.streams[seq] = kind(self, plan.seed, seq)
        return self.streams[seq]


class Stream:
    """The samples of one source of one length, in training order.  A piece is
    (epoch part, document, first token in it, tokens)."""

    def __init__(self, source, seed, seq):
        self.source, self.seed, self.seq = source, seed, seq
        self.taken = 0  # samples so far
        self.number, self.first, self.n = -1, 0, 0  # of the current epoch part
        self.scheduled = self.planned = 0  # to number the parts: samples, parts

    def to_part_of(self, k):
        """Move to the epoch part of sample k of the stream."""
        while k >= self.first + self.n:
            self.number += 1
            self.first += self.n
            self.n = self.samples_of_part(self.number)
            self.permute = self.permutation()

    def permutation(self):
        if self.n == 0:
            return None
        return Permutation(self.source.name, self.seed, self.source.epochs[self.seq, self.number], self.n)

    def take(self, found):
        """The pieces of the next sample.  found() returns those of the run."""
        self.to_part_of(self.taken)
        i = self.taken - self.first
        self.taken += 1
        return self.number, self.pieces(i, self.permute(i), found)

    def need(self, count):
        """Number the epoch parts that `count` more samples, those of a phase, need."""
        if not count:
            return
        self.scheduled += count
        nparts, samples = 0, 0
        while samples < self.scheduled:
            samples += self.samples_of_part(nparts)
            nparts += 1
        while self.reached(nparts, samples):
            nparts += 1
        for p in range(self.planned, nparts):
            self.source.epochs[self.seq, p] = len(self.source.epochs)
        self.planned = max(self.planned, nparts)


class Concat(Stream):
    def start(self, p):
        """The first token of part p."""
        repeats = len(self.source.repeats)
        return p // repeats * self.source.epoch[-1] + self.source.epoch[p % repeats]

    def samples_of_part(self, p):
        return -(-self.start(p + 1) // self.seq) - -(-self.start(p) // self.seq)

    def reached(self, p, samples):
        """Whether part p begins within the first `samples` samples of the stream."""
        return self.start(p) < samples * self.seq and self.start(p) != self.source.end

    def pieces(self, i, x, found):
        at = (self.first + x) * self.seq
        end = at + self.seq
        if self.source.end is not None:
            end = min(end, self.source.end)
        out = []
        p = self.number
        while at < end:
            while at >= self.start(p + 1):
                p += 1
            r = p % len(self.source.repeats)
            inside = at - self.start(p)
            k = bisect.bisect_right(self.source.sums[r], inside) - 1
            o, offset = self.source.repeats[r][k], inside - self.source.sums[r][k]
            n = min(self.source.docs[o][1] - offset, end - at)
            out.append((p, o, offset, n))
            at += n
        return out

    def next(self, p, pieces):
        """The token that follows the sample."""
        at = sum(piece[3] for piece in pieces)
        p, o, offset, n = pieces[-1]
        if at < self.seq:
            return NONE
        first, tokens = self.source.docs[o][:2]
        if offset + n < tokens:
            return self.source.ids[first + offset + n]
        repeats = self.source.repeats
        if o != repeats[p % len(repeats)][-1]:
            k = bisect.bisect_left(repeats[p % len(repeats)], o) + 1
            return self.source.ids[self.source.docs[repeats[p % len(repeats)][k]][0]]
        if self.start(p + 1) == self.source.end:
            return NONE
        return self.source.ids[self.source.docs[repeats[(p + 1) % len(repeats)][0]][0]]


class Bestfit(Stream):
    def __init__(self, source, seed, seq):
        super().__init__(source, seed, seq)
        self.windows = []
        self.least = None  # smallest distance of pieces of a document, in 1/256 of a part
        for r, docs in enumerate(source.repeats):
            n = -(-len(docs) // WINDOW)
            begin = [len(docs) * w // n for w in range(n + 1)]
            windows = [self.pack(docs[a:b]) for a, b in zip(begin, begin[1:])]
            self.windows.append(windows)
            if source.packed.get((seq, r)) != [len(w) for w in windows]:
                wrong(f"source {source.name}: packed {seq}, round {r}: expected {[len(w) for w in windows]}")

    def pack(self, docs):
        """The samples of one window: a set of tuples of (document, offset, tokens)."""
        whole, rests = [], []
        for o in docs:
            tokens = self.source.docs[o][1]
            cut = tokens // self.seq * self.seq if tokens > self.seq else 0
            whole += [((o, at, self.seq),) for at in range(0, cut, self.seq)]
            if tokens > cut:
                rests.append((cut - tokens, o, cut))
        rests.sort()
        bins, rooms, sizes = [], {}, []
        for size, o, offset in rests:
            k = bisect.bisect_left(sizes, -size)
            if k == len(sizes):
                bins.append([])
                b, room = len(bins) - 1, self.seq
            else:
                room = sizes[k]
                b = rooms[room].pop()
                if not rooms[room]:
                    del rooms[room], sizes[k]
            bins[b].append((o, offset, -size))
            room += size
            if room:
                if room not in rooms:
                    rooms[room] = []
                    bisect.insort(sizes, room)
                rooms[room].append(b)
        samples = whole + [tuple(sorted(b)) for b in bins]
        assert len(set(samples)) == len(samples)
        return set(samples)

    def samples_of_part(self, p):
        return sum(len(w) for w in self.windows[p % len(self.windows)])

    def reached(self, p, samples):
        return False

    def pieces(self, i, x, found):
        mine = tuple(found())
        if i == 0:
            self.used, self.places = set(), {}
        windows = self.windows[self.number % len(self.windows)]
        w = 0
        while x >= len(windows[w]):
            x -= len(windows[w])
            w += 1
        if mine not in windows[w]:
            wrong(f"source {self.source.name}: part {self.number}, sample {i}: not one of window {w}: {mine[:3]}")
        if mine in self.used:
            wrong(f"source {self.source.name}: part {self.number}, sample {i}: used before")
        self.used.add(mine)
        for o, _, _ in mine:
            if o in self.places:
                self.near(o, i - self.places[o], len(windows[w]))
            self.places[o] = i
        return [(self.number, *piece) for piece in mine]

    def near(self, o, distance, window):
        pieces = -(-self.source.docs[o][1] // self.seq)
        if pieces > 64:
            return
        part = distance * 256 / self.n
        if self.least is None or part < self.least:
            self.least = part
        if part < 1 and window >= 2048:
            wrong(f"source {self.source.name}: part {self.number}: pieces of document {o} are {distance} samples apart of {self.n}")

    def next(self, p, pieces):
        _, o, offset, n = pieces[-1]
        first, tokens = self.source.docs[o][:2]
        if sum(piece[3] for piece in pieces) == self.seq and offset + n < tokens:
            return self.source.ids[first + offset + n]
        return NONE


def earliest_deadlines(weights, slots, unit=SHARE):
    """Whose turn each slot is, by earliest deadline first.  The weights sum to unit."""
    waiting, open_ = [], []
    for s, w in enumerate(weights):
        if w:
            waiting.append((1, s, 1))
    heapq.heapify(waiting)
    order = []
    for slot in range(1, slots + 1):
        while waiting and waiting[0][0] <= slot:
            _, s, j = heapq.heappop(waiting)
            heapq.heappush(open_, (-(-j * unit // weights[s]), s, j))
        last, s, j = heapq.heappop(open_)
        if last < slot:
            wrong(f"slot {slot}: window missed")
        order.append(s)
        heapq.heappush(waiting, (j * unit // weights[s] + 1, s, j + 1))
    return order


def turns_in_group(weights, members, turns):
    """The source of each of a group's turns."""
    left = {m: weights[m] for m in members if weights[m]}
    rounded = []
    while len(left) > 1:
        first = max(left, key=lambda m: (left[m], -m))
        whole = sum(left.values())
        if left[first] <= whole // 2:
            break
        rounded.append((first, left.pop(first), whole))
    others = sorted(left)
    rest = turns
    for _, w, whole in rounded:
        rest -= (2 * w * rest + whole) // (2 * whole)
    if len(others) == 1:
        order = others * rest
    else:
        order = earliest_deadlines([left[m] for m in others], rest, sum(left.values())) if others else []
        order = [others[m] for m in order]
    # Back from the innermost rest to the group: a dominant source takes every turn that its rounded share grows by.
    for first, w, whole in reversed(rounded):
        inner, order, n = iter(order), [], 0
        while True:
            grows = (2 * w * (n + 1) + whole) // (2 * whole) > (2 * w * n + whole) // (2 * whole)
            source = first if grows else next(inner, None)
            if source is None or len(order) == turns:
                break
            order.append(source)
            n += 1
    return order[:turns]


def grouped_turns(plan, k, samples):
    """The source of each sample of phase k: groups take turns, then the sources of a group."""
    names = list(plan.groups)
    turns = earliest_deadlines([plan.groups[g][k] for g in names], samples)
    weights = [s.weight[k] for s in plan.sources]
    order_in = []
    for i, g in enumerate(names):
        members = [n for n, s in enumerate(plan.sources) if s.group == g]
        order_in.append(iter(turns_in_group(weights, members, turns.count(i))))
    return [next(order_in[i]) for i in turns]


def farthest_off(weights, labels, order, of):
    """Largest error of a count at any prefix, in 10^-12 samples."""
    count, worst = dict.fromkeys(labels, 0), 0
    for t, s in enumerate(order, 1):
        name = of(s)
        # An error is extreme just before and just after a sample of its source.
        worst = max(worst, abs(weights[name] * (t - 1) - count[name] * SHARE))
        count[name] += 1
        worst = max(worst, abs(weights[name] * t - count[name] * SHARE))
    return max([worst] + [abs(weights[n] * len(order) - count[n] * SHARE) for n in labels])


def schedule(plan):
    """(phase, seq, first sample, sources of its samples) of each shard; and the errors."""
    shards, counts, at = [], [0] * len(plan.sources), 0
    off_source = off_group = 0
    lines = []
    for k, (name, samples, seq, per) in enumerate(plan.phases):
        weights = [s.weight[k] for s in plan.sources]
        groups = {g: w[k] for g, w in plan.groups.items()}
        for g, w in groups.items():
            if sum(s.weight[k] for s in plan.sources if s.group == g) != w:
                wrong(f"phase {name}: group {g}: weights of sources")
        if sum(groups.values()) != SHARE:
            wrong(f"phase {name}: weights do not sum to 1")
        order = grouped_turns(plan, k, samples)
        off_source = max(off_source, farthest_off(weights, range(len(weights)), order, lambda s: s))
        off_group = max(off_group, farthest_off(groups, groups, order, lambda s: plan.sources[s].group))
        for s, source in enumerate(plan.sources):
            source.stream(plan, seq).need(order.count(s))
        for i in range(0, samples, per):
            part = order[i : i + per]
            shards.append((seq, at, part))
            lines.append([at] + counts)
            for s in part:
                counts[s] += 1
            at += len(part)
    if plan.at != lines + [[at] + counts]:
        wrong("plan.lock: lines 'at' differ from the schedule")
    if at != plan.samples:
        wrong("plan.lock: samples")
    if 2 * off_source >= 3 * SHARE:
        wrong(f"a source is off by {off_source / SHARE} samples")
    if off_group >= SHARE:
        wrong(f"a group is off by {off_group / SHARE} samples")
    return shards, counts, off_source / SHARE, off_group / SHARE


class Rebuilt:
    """The bytes of one shard, built sample by sample."""

    def __init__(self, plan, seq):
        self.plan, self.seq = plan, seq
        self.width = 2 if plan.ids["vocab"] <= 65536 else 4
        self.pad = plan.ids["pad"] if plan.ids["pad"] != NONE else plan.ids["eod"]
        self.ids = array.array("H" if self.width == 2 else "I")
        self.seg, self.nexts, self.index, self.sequences = [], [], [], []
        self.rows, self.documents = {}, []
        self.no_loss = 0
        self.tokens, self.samples = [0] * len(plan.sources), [0] * len(plan.sources)

    def add(self, source, p, pieces, follows):
        self.index.append(len(self.seg))
        base, at = len(self.ids), 0
        s = source.number
        self.samples[s] += 1
        for of_part, o, offset, n in pieces:
            first, tokens, *_, doc_flags, _, _ = source.docs[o]
            row = self.rows.setdefault((s, o), len(self.documents))
            if row == len(self.documents):
                self.documents.append((s, o))
            flags = (CONTINUES if offset else 0) | (ENDS if offset + n == tokens else 0) | doc_flags
            epoch = source.epochs.get((self.seq, of_part))
            if epoch is None:
                wrong(f"source {source.name}: part {of_part} has no number")
                epoch = 255
            self.seg.append((at, row, offset, s, epoch, flags))
            self.sequences.append((n, (base + at) * self.width))
            self.ids.extend(source.ids[first + offset : first + offset + n])
            self.tokens[s] += n
            if flags & NO_LOSS:
                self.no_loss += n
            at += n
        if at < self.seq:
            self.seg.append((at, 0, 0, s, self.seg[-1][4], PAD))
            self.sequences.append((self.seq - at, (base + at) * self.width))
            self.ids.extend([self.pad] * (self.seq - at))
            self.no_loss += self.seq - at
        self.nexts.append(follows)

    def idx(self):
        n, index = len(self.seg), self.index + [len(self.seg)]
        return struct.pack(
            f"<9sQBQQ{n}i{n}q{len(index)}q", b"MMIDIDX\0\0", 1, {2: 8, 4: 4}[self.width], n, len(index),
            *(s[0] for s in self.sequences), *(s[1] for s in self.sequences), *index)

    def sections(self):
        out = {"SEGIDX": struct.pack(f"<{len(self.index) + 1}Q", *self.index, len(self.seg))}
        out["SEG"] = b"".join(struct.pack("<IIIHBB", *s) for s in self.seg)
        out["NEXT"] = struct.pack(f"<{len(self.nexts)}I", *self.nexts)
        doc, text, offsets = [], [], [0]
        for s, o in self.documents:
            _, tokens, key, lang, _, id_, url = self.plan.sources[s].docs[o]
            doc.append(struct.pack("<16sQIHH", key, o, tokens, s, lang))
            for t in (id_, url):
                text.append(t)
                offsets.append(offsets[-1] + len(t))
        out["DOC"] = b"".join(doc)
        out["DOCID"] = struct.pack(f"<{len(offsets)}Q", *offsets) + b"".join(text)
        return out


def found_pieces(shard):
    """The pieces of each sample by its segments: (document, offset, tokens)."""
    docs, segs = shard.documents(), shard.rows("SEG", "IIIHBB")
    index = [r[0] for r in shard.rows("SEGIDX", "Q")]
    for i in range(shard.samples):
        mine = segs[index[i] : index[i + 1]]
        ends = [seg[0] for seg in mine[1:]] + [shard.seq]
        yield lambda: [(docs[g[1]][0], g[2], end - g[0]) for g, end in zip(mine, ends) if not g[5] & PAD]


def compare(name, what, got, want):
    if got != want:
        at = next((i for i, (a, b) in enumerate(zip(got, want)) if a != b), min(len(got), len(want)))
        wrong(f"{name}: {what}: differs at byte {at}; {len(got)} bytes, expected {len(want)}")


def check_head(plan, name, shard, new, totals):
    want = {
        "kind": SAMPLES, "vocab": plan.ids["vocab"], "seq": new.seq, "tokens": len(new.ids),
        "samples": len(new.index), "segments": len(new.seg), "docs": len(new.documents),
        "run_samples": plan.samples, "eod": plan.ids["eod"], "pad": new.pad, "bos": plan.ids["bos"],
        "plan": plan.hash, "run_id": plan.hash[:16], "seed": plan.seed,
        "minor": int(any(s[5] & PAD for s in new.seg)), "loss_tokens": len(new.ids) - new.no_loss, "n_sources": len(plan.sources),
    }
    for key, value in want.items():
        if getattr(shard, key) != value:
            wrong(f"{name}: {key} is {getattr(shard, key)}, expected {value}")
    if shard.sdx[144:176].hex() != plan.tokenizer:
        wrong(f"{name}: tokenizer")
    for source, (title, weight, tokens, samples, parts) in zip(plan.sources, shard.sources):
        s = source.number
        if (title, tokens, samples) != (source.name, new.tokens[s], new.samples[s]):
            wrong(f"{name}: SRC: source {title}: {tokens} tokens, {samples} samples")
        if abs(weight * plan.samples - totals[s] * 10**9) >= plan.samples:
            wrong(f"{name}: SRC: source {title}: weight {weight}, {totals[s]} samples of {plan.samples}")
        if parts != [(os.path.basename(p[1]), row, p[0]) for p, row in zip(source.parts, source.part_rows)]:
            wrong(f"{name}: SRC: parts of source {title}: {parts[:1]}")
    if shard.section["META"]:
        json.loads(shard.section["META"])


def check_run_tsv(run_dir, lines):
    text = "tamis-run 1.1\n" + "".join("\t".join(str(f) for f in line) + "\n" for line in lines)
    text += "sha256\t" + hashlib.sha256(text.encode()).hexdigest() + "\n"
    with open(os.path.join(run_dir, "run.tsv")) as f:
        if f.read() != text:
            wrong("run.tsv does not match the shards")


def check_shards(plan, run_dir, shards, totals):
    pads, lines = 0, []
    there = glob.glob(os.path.join(glob.escape(run_dir), "shard-*.sdx"))
    if len(there) != len(shards):
        wrong(f"{len(there)} shards, expected {len(shards)}")
    for no, (seq, first, order) in enumerate(shards):
        name = f"shard-{no:05d}"
        prefix = os.path.join(run_dir, name)
        shard = Shard(prefix, blocks=False)
        if (shard.no, shard.first, shard.count) != (no, first, len(shards)):
            wrong(f"{name}: wrong number or position")
        new = Rebuilt(plan, seq)
        for s, found in zip(order, found_pieces(shard)):
            stream = plan.sources[s].streams[seq]
            p, pieces = stream.take(found)
            new.add(plan.sources[s], p, pieces, stream.next(p, pieces))
        check_head(plan, name, shard, new, totals)
        compare(name, ".bin", shard.ids.tobytes(), new.ids.tobytes())
        compare(name, ".idx", shard.idx, new.idx())
        for tag, data in new.sections().items():
            if tag in shard.section or tag != "DOCID":
                compare(name, tag, shard.section[tag], data)
        pads += len(new.ids) - sum(new.tokens)
        lines.append([no, first, shard.samples, seq, shard.tokens, len(new.ids) * new.width,
                      shard.sdx[128:144].hex(), shard.digest])
    check_run_tsv(run_dir, lines)
    return pads


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    run_dir, root = sys.argv[1:]
    plan = Plan(os.path.join(run_dir, "plan.lock"))
    for source in plan.sources:
        source.load(plan, root)
    shards, totals, off_source, off_group = schedule(plan)
    pads = check_shards(plan, run_dir, shards, totals)
    near = [s.least for source in plan.sources for s in source.streams.values() if getattr(s, "least", None)]
    print(
        f"{plan.samples} samples in {len(shards)} shards, {pads} pad tokens; farthest off at any prefix: "
        f"source {off_source:.4f}, group {off_group:.4f} samples; "
        + (f"nearest pieces of a document: {min(near):.2f}/256 of an epoch part; " if near else "")
        + f"{len(problems)} problems"
    )
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
