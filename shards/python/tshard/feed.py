"""Feeds, by the library where it is installed."""
import numpy as np

from . import native
from .batches import Config, TshardError, fill
from .run import Run, Shard, xxhash

native_library = native.library


class PlainFeed:
    """A feed by numpy alone, which reads when it is asked."""

    def __init__(self, run, config):
        self.run, self.config, self.shard, self.line = run, config, None, None
        self.seq = run.seq_at(config.consumed)
        self.batches = config.batches()

    def sample(self, number):
        line, local = self.run.find(number)
        if line is not self.line:
            self.close()
            if line.seq_len != self.seq:
                raise TshardError(f"has {line.seq_len} tokens, the samples before it {self.seq}: "
                                  "end the feed there, and start another one at it")
            self.shard = Shard(self.run, line, self.config.check)
            self.line = line
        return self.shard.sample(local)

    def next(self):
        """The next batch, or None."""
        numbers, consumed = next(self.batches, (None, 0))
        if numbers is None:
            return None
        rows = []
        for number in numbers.tolist():
            try:
                ids, segs, follows = self.sample(number)
            except TshardError as e:
                raise TshardError(f"sample {number}: {e}", e.code) from None
            rows.append((ids, *fill(ids, segs, follows, self.config), int(segs["source"][0])))
        ids, labels, mask, positions, starts, sources = zip(*rows)
        borders = [s + i * self.seq for i, s in enumerate(starts)] + [[len(rows) * self.seq]]
        return {
            "tokens": np.stack(ids), "labels": np.stack(labels), "loss_mask": np.stack(mask),
            "position_ids": np.stack(positions), "cu_seqlens": np.concatenate(borders).astype(np.int32),
            "source_ids": np.array(sources, np.uint16), "sample_ids": numbers, "consumed": consumed,
        }

    def close(self):
        if self.shard:
            self.shard.close()
        self.shard = self.line = None


class Feed:
    """The micro-batches of one rank: iterate, or call next().

    Each is a dict of numpy arrays of a row per sample: tokens, labels, loss_mask and position_ids; cu_seqlens, the
    borders of the segments in all rows; source_ids and sample_ids of the rows; and consumed, the position after it.

    run         a Run or its directory
    consumed    samples that all ranks have consumed together before
    samples     samples to read, of all ranks; None: up to the end of the run
    order       'megatron', as MegatronPretrainingSampler, or 'strided', as OLMo-core
    workers     processes that share the batches of the rank; this one gets every workers-th, from batch `worker` on
    depth       batches that the library reads ahead; None: 8 to 64, as 64 MiB allow
    within      exclude the last token of each document, whose label belongs to the next one
    ignore      make labels -100 where the loss mask is 0
    check       compare with checksums what is read
    run_id      of the run to resume: another one is refused
    native      True: only with the library; False: without; None: with, if it is installed
    copy        False: arrays of the library are valid only until the next batch
    """

    def __init__(self, run, consumed=0, micro_batch=1, dp=1, rank=0, *, samples=None, order="megatron", workers=1, worker=0,
                 depth=None, within=False, ignore=False, check=True, run_id=None, native=None, copy=True):
        self.run = run if isinstance(run, Run) else Run(run)
        self.config = Config(consumed, samples, micro_batch, dp, rank, order, workers, worker, depth, within, ignore, check,
                             run_id).checked(self.run)
        self.consumed = self.config.consumed
        self.feed = self.start(native, copy)

    def start(self, use, copy):
        lib = None if use is False else native_library()
        if use and not lib:
            raise TshardError("libtshard.so.0 is missing: install tamis, or set TSHARD_LIBRARY to its path", 2)
        return native.NativeFeed(lib, self.run, self.config, copy) if lib else PlainFeed(self.run, self.config)

    def next(self):
        """The next batch, or None at the end."""
        batch = self.feed.next()
        if batch is not None:
            self.consumed = batch["consumed"]
        return batch

    def __iter__(self):
        return self

    def __next__(self):
        batch = self.next()
        if batch is None:
            raise StopIteration
        return batch

    def state_dict(self):
        """What a checkpoint needs: Feed(run, **state) resumes, with any dp and micro_batch."""
        return {"run_id": self.run.run_id, "consumed": self.consumed}

    def close(self):
        self.feed.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def stream_hash(ranks, order="megatron"):
    """The hash that 'tamis feed' prints, of the batches of all ranks: a list with an iterable for each."""
    if not xxhash:
        raise TshardError("the module xxhash is missing: install it (pip install xxhash)", 2)
    h = xxhash.xxh3_128()
    for batches in zip(*ranks):
        rows = [(b, i) for b in batches for i in range(len(b["sample_ids"]))]
        if order == "strided":
            rows.sort(key=lambda row: row[1])
        for b, i in rows:
            h.update(int(b["sample_ids"][i]).to_bytes(8, "little"))
            for name, dtype in ("tokens", "<i4"), ("labels", "<i4"), ("loss_mask", "u1"):
                h.update(np.ascontiguousarray(b[name][i], dtype).tobytes())
    return h.hexdigest()
