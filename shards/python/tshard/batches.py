"""What a feed is asked for, and what it derives from a sample: the same as feed_fill.c."""
import dataclasses
import operator
from typing import Optional

import numpy as np

NONE = 0xFFFFFFFF
ENDS, PAD, NO_LOSS = 2, 4, 32  # flags of a segment
ORDERS = ("megatron", "strided")
# The library reads 8 to 64 batches ahead, as this much memory allows; a token takes 17 bytes with label, mask, position
# and border.
DEPTH_BYTES, TOKEN_BYTES = 64 << 20, 17
SEG = np.dtype([("start", "<u4"), ("row", "<u4"), ("offset", "<u4"), ("source", "<u2"), ("epoch", "u1"), ("flags", "u1")])


class TshardError(Exception):
    """A message, and its code: 2 for a missing file, 3 for bad data or arguments, 4 if the system failed."""

    def __init__(self, message, code=3):
        super().__init__(message)
        self.code = code

    def __reduce__(self):
        return TshardError, (self.args[0], self.code)


@dataclasses.dataclass
class Config:
    """The arguments of a feed, checked against its run."""

    consumed: int = 0
    samples: Optional[int] = None  # of all ranks; None: up to the end
    micro_batch: int = 1
    dp: int = 1
    rank: int = 0
    order: str = "megatron"
    workers: int = 1
    worker: int = 0
    depth: Optional[int] = None
    within: bool = False
    ignore: bool = False
    check: bool = True
    run_id: Optional[str] = None

    def whole(self, run, name):
        """A number as int, whatever its type; a position of 1.5 samples is none."""
        value = getattr(self, name)
        try:
            return value if value is None and name in ("samples", "depth") else operator.index(value)
        except TypeError:
            raise TshardError(f"{run.path}: {name} {value!r}: must be a whole number") from None

    def checked(self, run):
        names = ("consumed", "samples", "micro_batch", "dp", "rank", "workers", "worker", "depth")
        return dataclasses.replace(self, **{name: self.whole(run, name) for name in names}).in_range(run)

    def in_range(self, run):
        def refuse(what, value, limit, bound):
            raise TshardError(f"{run.path}: {what} {value}: must be {limit} {bound}")

        def between(what, value, least, most):
            if value < least:
                refuse(what, value, "at least", least)
            if value > most:
                refuse(what, value, "at most", most)

        run.check_id(self.run_id)
        between("dp", self.dp, 1, 1 << 24)
        between("workers", self.workers, 1, 1 << 24)
        if not 0 <= self.rank < self.dp:
            refuse("rank", self.rank, "below dp,", self.dp)
        if not 0 <= self.worker < self.workers:
            refuse("worker", self.worker, "below workers,", self.workers)
        seq = run.seq_at(self.consumed)
        between("micro-batch", self.micro_batch, 1, min((1 << 24) // self.dp, (2**31 - 1) // seq))
        depth = self.depth
        if depth is None:
            depth = max(8, min(64, DEPTH_BYTES // (TOKEN_BYTES * self.micro_batch * seq)))
        between("depth", depth, 0, 1 << 16)
        if self.order not in ORDERS:
            raise TshardError(f"{run.path}: order {self.order!r}: must be one of {', '.join(ORDERS)}")
        between("sample", self.consumed, run.first_sample, run.end)
        samples = run.end - self.consumed if self.samples is None else self.samples
        between("number of samples", samples, 0, run.end - self.consumed)
        return dataclasses.replace(self, depth=depth, samples=samples)

    def batches(self):
        """The numbers of the samples of each batch, and what is consumed after it."""
        step, m = self.micro_batch * self.dp, self.worker
        row = np.arange(self.micro_batch, dtype=np.uint64)
        while (m + 1) * step <= self.samples:
            if self.order == "strided":
                first = self.consumed + m * step + self.rank
                yield np.uint64(first) + row * np.uint64(self.dp), self.consumed + (m + 1) * step
            else:
                first = self.consumed + (m * self.dp + self.rank) * self.micro_batch
                yield np.uint64(first) + row, self.consumed + (m + 1) * step
            m += self.workers


def has_loss(flags):
    return (flags & (PAD | NO_LOSS)) == 0


def fill(ids, segs, follows, config):
    """Labels, loss mask, positions and borders of one sample."""
    seq, flags = len(ids), segs["flags"]
    starts = segs["start"].astype(np.int64)
    ends = np.append(starts[1:], seq)
    targets = has_loss(flags)
    mask = np.repeat(targets, ends - starts)
    # The label of a segment's last token belongs to the next segment, or is NEXT.
    last = np.append(targets[1:], follows != NONE and bool(flags[-1] & ENDS or targets[-1]))
    if config.within:
        last &= (flags & (ENDS | PAD)) == 0
    mask[ends - 1] = last
    labels = np.append(ids[1:], np.int32(0 if follows == NONE else follows))
    if config.ignore:
        labels[~mask] = -100
    positions = (np.arange(seq) - np.repeat(starts, ends - starts)).astype(np.int32)
    return labels, mask.astype(np.uint8), positions, starts
