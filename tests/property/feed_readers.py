#!/usr/bin/env python3
"""feed_readers.py RUN: what the Python package gives is what 'tamis feed' hashes, with and without libtshard.

With a second argument, the number of the first sample of another length, it checks the feeds of both phases only.
Parts that this python lacks a module for are skipped, with a message.
"""
import importlib
import itertools
import os
import pickle
import shutil
import subprocess
import sys

from unittest import mock

import numpy as np
import tshard
from tshard.xxh3 import xxh3_64

RUN = sys.argv[1]
MB, SAMPLES = 2, 64  # samples of a micro-batch, and samples to read


def have(name, what):
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"feed: skipped: {what}: no module {name}")
        return None


def tamis_feed(*options):
    out = subprocess.run(["tamis", "feed", *map(str, options), RUN], check=True, capture_output=True, text=True).stdout
    return out.split()[0]


def same(a, b):
    assert a.keys() == b.keys() and a["consumed"] == b["consumed"]
    for name in a.keys() - {"consumed"}:
        assert a[name].dtype == b[name].dtype and np.array_equal(a[name], b[name]), name


def check_plain(run):
    """The library and numpy alone give the same arrays."""
    for options in ({}, {"dp": 4, "rank": 3}, {"order": "strided", "dp": 3, "rank": 1, "within": True},
                    {"consumed": 5, "ignore": True}, {"workers": 3, "worker": 2, "within": True, "ignore": True, "depth": 0},
                    {"consumed": run.end}, {"consumed": np.uint64(run.end - 2), "rank": np.int32(0)}, {"samples": 40, "copy": False, "check": False}):
        with tshard.Feed(run, micro_batch=MB, native=True, **options) as a, \
                tshard.Feed(run, micro_batch=MB, native=False, **options) as b:
            for batch in a:
                same(batch, b.next())
            assert b.next() is None and a.next() is None
            assert a.state_dict() == b.state_dict()
    # No samples are none, and not all.
    for native in True, False:
        assert list(tshard.Feed(run, native=native, samples=0)) == []


def check_resume(run, ranks_of):
    """The hash is that of 'tamis feed' for 1 and 4 ranks, for both halves of a job too."""
    half = SAMPLES // 2
    for order in "megatron", "strided":
        for dp in 1, 4:
            for consumed, samples in (0, SAMPLES), (0, half), (half, half):
                want = tamis_feed("--dp", dp, "--micro-batch", MB, "--order", order, "--consumed", consumed, "-n", samples)
                ranks = ranks_of(run, consumed=consumed, samples=samples, order=order, dp=dp)
                if ranks is not None:
                    assert tshard.stream_hash(ranks, order) == want, (order, dp, consumed)


def feeds(native):
    return lambda run, dp, **options: [
        tshard.Feed(run, micro_batch=MB, dp=dp, rank=r, native=native, **options) for r in range(dp)]


def refused(want, native, *args, code=(2, 3), **options):
    """Reading ends with this message and one of these codes."""
    try:
        for _ in tshard.Feed(*args, native=native, **options):
            pass
    except tshard.TshardError as e:
        assert want in str(e) and e.code in code, f"{e}, {e.code}, not {want}"
        again = pickle.loads(pickle.dumps(e))  # workers send it to their loader
        assert str(again) == str(e) and again.code == e.code
        return
    raise AssertionError(f"not refused: {want}")


def check_errors(run):
    for native in True, False:
        refused("rank 4: must be below dp, 4", native, run, dp=4, rank=4)
        refused(f"sample {run.end + 1}: must be at most {run.end}", native, run, run.end + 1)
        refused(f"number of samples {run.samples + 1}: must be at most", native, run, samples=run.samples + 1)
        refused("micro-batch 0: must be at least 1", native, run, micro_batch=0)
        refused("consumed 1.5: must be a whole number", native, run, 1.5)
        refused("dp 4.0: must be a whole number", native, run, dp=4.0)
        refused("resume: name that one, or, if this one lengthens it, omit the id", native, run, run_id="00" * 16)
        refused("absent/run.tsv: No such file", native, "absent", code=(2,))
        refused("feed_readers.py/run.tsv: Not a directory", native, __file__, code=(2,))
        for damage, want in (flip("shard-00001.bin", -5), "broken/shard-00001.bin: byte 1245184: the checksum of block 19, samples 9864 to 9999, differs: use an intact copy"), \
                (cut("shard-00001.bin", 70), "broken/shard-00001.bin: "), \
                (cut("shard-00000.sdx", 300), "broken/shard-00000.sdx: "), \
                (os.unlink, "broken/shard-00001.bin: "), \
                (flip("shard-00000.sdx", 50), "broken/shard-00000.sdx: byte 252: the checksum of the header differs"), \
                (flip("run.tsv", 20), "broken/run.tsv: "):
            shutil.rmtree("broken", ignore_errors=True)
            shutil.copytree(RUN, "broken")
            damage("broken/shard-00001.bin") if damage is os.unlink else damage()
            refused(want, native, "broken")


def check_phases(run, border):
    """Each phase has samples of another length, and a feed of its own."""
    for native in True, False:
        for consumed, samples, dp in (0, border, 5), (border, run.end - border, 5), (border + 10, 20, 1):
            want = tamis_feed("--consumed", consumed, "-n", samples, "--dp", dp)
            got = [tshard.Feed(run, consumed, dp=dp, rank=r, samples=samples, native=native) for r in range(dp)]
            assert have("xxhash", "hashes") is None or tshard.stream_hash(got) == want, (consumed, samples)
        refused(f"sample {border}: has {run.seq_at(border)} tokens, the samples before it {run.seq_len}: end", native, run)
        feed = tshard.Feed(run, border - 1, native=native)
        assert feed.next()["tokens"].shape == (1, run.seq_len)
        refused_rest(feed, f"sample {border}: has")


def check_rows(run, native):
    """A flipped bit in the rows that labels and masks come from."""
    with open(f"{RUN}/shard-00000.sdx", "rb") as f:
        data = f.read()
    for tag in b"SEGIDX", b"SEG\0", b"NEXT", b"BLKCRC":
        at = data.index(tag, 256)
        where = int.from_bytes(data[at + 8 : at + 16], "little") + int.from_bytes(data[at + 16 : at + 24], "little") - 1
        shutil.rmtree("broken", ignore_errors=True)
        shutil.copytree(RUN, "broken")
        flip("shard-00000.sdx", where)()
        refused("the checksum of section", native, "broken")


def check_xxh3(xxhash):
    """Our XXH3 is that of the module, for lengths around those where its method changes."""
    data = np.random.default_rng(1).integers(0, 256, 1 << 23, np.uint8).tobytes()
    for n in *range(260), *range(1000, 1100), *range(2040, 2056), 1 << 16, (1 << 20) + 1, len(data):
        assert xxh3_64(data[:n]) == xxhash.xxh3_64_intdigest(data[:n]), n


def flip(name, at):
    def damage():
        with open("broken/" + name, "r+b") as f:
            f.seek(at, 0 if at >= 0 else 2)
            byte = f.read(1)[0]
            f.seek(-1, 1)
            f.write(bytes([byte ^ 4]))
    return damage


def cut(name, size):
    return lambda: os.truncate("broken/" + name, size)


def check_shrinking(run, native):
    """A payload that shrinks while it is read is an error, not a signal."""
    shutil.rmtree("broken", ignore_errors=True)
    shutil.copytree(RUN, "broken")
    with tshard.Feed("broken", native=native, depth=0) as feed:
        assert feed.next() is not None
        os.truncate("broken/shard-00000.bin", 100)
        refused_rest(feed, "broken/shard-00000.bin: byte 1048576: the file ends here")


def refused_rest(feed, want):
    try:
        for _ in feed:
            pass
    except tshard.TshardError as e:
        assert want in str(e), e
        return
    raise AssertionError(f"not refused: {want}")


def check_torch(run):
    from torch.utils.data import DataLoader
    from tshard.torch import Dataset

    def dataset(dp=1, rank=0, **options):
        return pickle.loads(pickle.dumps(Dataset(run, micro_batch=MB, dp=dp, rank=rank, **options)))

    for workers in 0, 1, 4:
        def loaders(_, dp, **options):
            if dp > 1 and workers == 1:
                return None
            return [DataLoader(dataset(dp, r, **options), batch_size=None, num_workers=workers) for r in range(dp)]
        check_resume(run, loaders)
        # What was trained on is the position, not what workers have read ahead.
        data, want = dataset(samples=40), [b["sample_ids"].tolist() for b in dataset(samples=40)]
        for i, batch in enumerate(DataLoader(data, batch_size=None, num_workers=workers)):
            if i == 6:
                break
        after = dataset(samples=40)
        after.load_state_dict(data.state_after(batch))
        rest = [b["sample_ids"].tolist() for b in DataLoader(after, batch_size=None, num_workers=4 - workers)]
        assert rest == want[7:], (workers, rest)
    # Each iteration starts at the same sample, also after one that was left early.
    for workers, persist in (0, False), (2, False), (2, True):
        data = dataset(samples=40)
        data.load_state_dict({"consumed": 4})  # the id is optional, as for Feed
        assert data.state_dict() == {"run_id": run.run_id, "consumed": 4}
        loader = DataLoader(data, batch_size=None, num_workers=workers, persistent_workers=persist)
        for stop in 3, 18, 18:
            got = [int(b["sample_ids"][0]) for b in itertools.islice(loader, stop)]
            assert got == list(range(4, 4 + stop * MB, MB)), (workers, persist, got)
    try:
        dataset().load_state_dict({"run_id": "00" * 16, "consumed": 0})
        raise AssertionError("another run is accepted")
    except tshard.TshardError as e:
        assert "is another run" in str(e)
    if have("torchdata.stateful_dataloader", "StatefulDataLoader"):
        check_stateful(dataset)


def check_stateful(dataset):
    from torchdata.stateful_dataloader import StatefulDataLoader

    for workers in 0, 1, 3:
        want = [b["sample_ids"].tolist() for b in dataset(samples=42)]
        for stop in 1, 5, len(want) - 1, len(want):
            loader = StatefulDataLoader(dataset(samples=42), batch_size=None, num_workers=workers)
            it = iter(loader)
            got = [next(it)["sample_ids"].tolist() for _ in range(stop)]
            state = pickle.loads(pickle.dumps(loader.state_dict()))
            loader = StatefulDataLoader(dataset(samples=42), batch_size=None, num_workers=workers)
            loader.load_state_dict(state)
            got += [b["sample_ids"].tolist() for b in loader]
            assert got == want, (workers, stop, got)


def check_megatron(run):
    from tshard.megatron import megatron_iterator
    wrap = iter
    if have("megatron.core", "Megatron-LM's own wrapper of an external iterator"):
        from megatron.core.rerun_state_machine import RerunDataIterator
        wrap = lambda batches: Drain(RerunDataIterator(batches))

    def iterators(run, dp, order, **options):
        if order != "megatron":
            return None
        return [wrap(megatron_iterator(run, micro_batch=MB, dp=dp, rank=r, **options)) for r in range(dp)]

    check_resume(run, iterators)
    batch = next(megatron_iterator(run, micro_batch=MB, attention_mask=True))
    borders, seq = batch["cu_seqlens"].tolist(), run.seq_len
    want = np.ones((MB * seq, MB * seq), bool)
    for a, b in zip(borders, borders[1:]):
        want[a:b, a:b] = ~np.tril(np.ones((b - a, b - a), bool))
    for i in range(MB):
        assert np.array_equal(batch["attention_mask"][i, 0], want[i * seq : i * seq + seq, i * seq : i * seq + seq])


class Drain:
    """RerunDataIterator has no __iter__."""

    def __init__(self, batches):
        self.batches = batches

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.batches)


def main():
    run = tshard.Run(RUN)
    assert tshard.native_library(), "TSHARD_LIBRARY does not load"
    if len(sys.argv) > 2:
        check_phases(run, int(sys.argv[2]))
        return
    check_plain(run)
    check_errors(run)
    check_rows(run, True)
    for native in True, False:
        check_shrinking(run, native)
    check_rows(run, False)
    with mock.patch("tshard.run.section_hash", xxh3_64):
        check_rows(run, False)
    xxhash = have("xxhash", "hashes")
    if not xxhash:
        return
    check_xxh3(xxhash)
    for native in True, False:
        check_resume(run, feeds(native))
    if have("torch", "PyTorch and Megatron-LM"):
        check_torch(run)
        check_megatron(run)


main()
