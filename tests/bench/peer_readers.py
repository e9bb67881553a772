#!/usr/bin/env python3
"""Read the samples of a run by tshard and by the readers that others train with.

usage: peer_readers.py DIR

DIR has run/, a run of samples of ids of 4 bytes; docs.bin and docs.idx, the document shard that
it was mixed from; and ds/, run/ as datatrove stores it.  Other layouts are written beside them,
off the clock.

Prints NAME, tokens, user, system and elapsed seconds, tab-separated: the fastest of three passes
by user and system time, of this process and its children.  Each pass opens the data and
copies the ids of every sample to one place, as a loader copies them to a batch.  A reader that
stores samples in order is compared with the payload, off the clock.  A reader that is missing
is reported on standard error.
"""
import glob
import os
import resource
import sys
import time
from types import SimpleNamespace

import numpy

RUNS = 3


def spent():
    user = system = 0.0
    for who in resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN:
        r = resource.getrusage(who)
        user, system = user + r.ru_utime, system + r.ru_stime
    return numpy.array([user, system, time.monotonic()])


def report(name, read, want=None):
    """Measure read(), which gives the ids of the samples one by one, or of some at a time."""
    best, tokens = None, 0
    for _ in range(RUNS):
        place, tokens, before = None, 0, spent()
        for ids in read():
            if place is None or place.shape != ids.shape:
                place = numpy.empty(ids.shape, numpy.int32)
            place[:] = ids
            tokens += place.size
        took = spent() - before
        if best is None or took[:2].sum() < best[:2].sum():
            best = took
    if want is not None:
        n = 0
        for ids in read():
            rows = numpy.atleast_2d(ids)
            assert (rows == want[n : n + len(rows)]).all(), f"{name}: sample {n} differs"
            n += len(rows)
        assert n == len(want), f"{name}: {n} samples, not {len(want)}"
    print(name, tokens, *best, sep="\t", flush=True)


def tshard(top, want):
    from tshard import Feed, native_library

    def read(**options):
        with Feed(f"{top}/run", **options) as feed:
            for batch in feed:
                yield batch["tokens"]

    if native_library():
        report("tshard, python, library", lambda: read(native=True), want)
        report("tshard, python, library, copy=False", lambda: read(native=True, copy=False), want)
        report("tshard, python, library, copy=False, 16 samples", lambda: read(native=True, copy=False, micro_batch=16))
    else:
        print("tshard with the library: skipped: libtshard.so.0 does not load", file=sys.stderr)
    report("tshard, python, numpy alone", lambda: read(native=False), want)


def megatron(top, want):
    from megatron.core.datasets.blended_megatron_dataset_builder import BlendedMegatronDatasetBuilder
    from megatron.core.datasets.gpt_dataset import GPTDataset, GPTDatasetConfig

    seq = want.shape[1]
    tokens = os.path.getsize(f"{top}/docs.bin") // 4

    def read(borders):
        config = GPTDatasetConfig(
            random_seed=1, sequence_length=seq, blend=([f"{top}/docs"], None), split="1,0,0",
            path_to_cache=f"{top}/cache", reset_position_ids=borders, reset_attention_mask=False,
            eod_mask_loss=False, create_attention_mask=False,
            tokenizer=SimpleNamespace(eod=2, pad=2, vocab_size=1 << 17, unique_identifiers={"name": "none"}))
        data = BlendedMegatronDatasetBuilder(GPTDataset, [(tokens - 1) // seq, 0, 0], lambda: True, config).build()[0]
        for i in range(len(data)):
            yield data[i]["tokens"].numpy()

    report("Megatron GPTDataset", lambda: read(False))
    report("Megatron GPTDataset, positions by document", lambda: read(True))


def datatrove(top, want):
    from datatrove.utils.dataset import DatatroveFolderDataset

    def read(positions):
        data = DatatroveFolderDataset(f"{top}/ds", want.shape[1], token_size=4, return_positions=positions)
        for i in range(len(data)):
            yield data[i]["input_ids"][:-1].numpy()

    report("datatrove DatatroveFolderDataset", lambda: read(False), want)
    report("datatrove DatatroveFolderDataset, positions", lambda: read(True), want)


def sample_tensor(row):
    import torch

    return torch.from_numpy(numpy.array(row))


def litdata(top, want):
    import litdata

    seq = want.shape[1]
    litdata.optimize(sample_tensor, list(want), f"{top}/litdata", chunk_size=seq * 2048, num_workers=1, keep_data_ordered=True,
                     item_loader=litdata.TokensLoader(block_size=seq), verbose=False)

    def read():
        for ids in litdata.StreamingDataset(f"{top}/litdata", item_loader=litdata.TokensLoader(block_size=seq), shuffle=False):
            yield ids.numpy()

    report("litdata StreamingDataset", read, want)


def mosaicml(top, want):
    import streaming

    with streaming.MDSWriter(out=f"{top}/mds", columns={"tokens": f"ndarray:int32:{want.shape[1]}"}) as out:
        for row in want:
            out.write({"tokens": row})

    def read():
        for sample in streaming.StreamingDataset(local=f"{top}/mds", shuffle=False, batch_size=1):
            yield sample["tokens"]

    report("mosaicml StreamingDataset", read, want)


def main():
    top = sys.argv[1]
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../shards/python"))
    from tshard import Run

    seq = Run(f"{top}/run").seq_len
    want = numpy.concatenate([numpy.fromfile(f, "<i4") for f in sorted(glob.glob(f"{top}/run/*.bin"))]).reshape(-1, seq)
    for reader in tshard, datatrove, megatron, litdata, mosaicml:
        try:
            reader(top, want)
        except ImportError as e:
            print(f"{reader.__name__}: skipped: {e}", file=sys.stderr)


if __name__ == "__main__":
    main()
