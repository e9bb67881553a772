"""Feeds by libtshard.so, through ctypes: the declarations of tshard.h."""
import ctypes as c
import os

import numpy as np

from .batches import ORDERS, TshardError

ALL, WITHIN, IGNORE, UNCHECKED = 15, 16, 32, 64


class Error(c.Structure):
    _fields_ = [("code", c.c_int), ("msg", c.c_char * 1020)]


class FeedConfig(c.Structure):
    _fields_ = [("consumed", c.c_uint64), ("most", c.c_uint64), ("micro_batch", c.c_uint32), ("dp", c.c_uint32),
                ("rank", c.c_uint32), ("depth", c.c_uint32), ("order", c.c_uint32), ("flags", c.c_uint32),
                ("workers", c.c_uint32), ("worker", c.c_uint32), ("run_id", c.c_char_p)]


class Batch(c.Structure):
    _fields_ = [("consumed", c.c_uint64), ("samples", c.c_uint32), ("seq_len", c.c_uint32),
                ("number", c.POINTER(c.c_uint64)), ("source", c.POINTER(c.c_uint16)), ("tokens", c.POINTER(c.c_int32)),
                ("labels", c.POINTER(c.c_int32)), ("loss_mask", c.POINTER(c.c_uint8)),
                ("positions", c.POINTER(c.c_int32)), ("cu_seqlens", c.POINTER(c.c_int32)), ("segments", c.c_uint32),
                ("longest", c.c_uint32)]


loaded = []


def library():
    """libtshard.so as a ctypes library, or None; TSHARD_LIBRARY names another file."""
    if not loaded:
        try:
            lib = c.CDLL(os.environ.get("TSHARD_LIBRARY", "libtshard.so.0"))
            handle, error = c.c_void_p, c.POINTER(Error)
            lib.tshard_run_open.argtypes = [c.POINTER(handle), c.c_char_p, error]
            lib.tshard_run_close.argtypes = [handle]
            lib.tshard_feed_open.argtypes = [c.POINTER(handle), handle, c.POINTER(FeedConfig), c.c_void_p, error]
            lib.tshard_feed_next.argtypes = [handle, c.POINTER(c.POINTER(Batch)), error]
            lib.tshard_feed_close.argtypes = [handle]
            lib.tshard_run_close.restype = lib.tshard_feed_close.restype = None
        except (OSError, AttributeError):  # not installed, or from before tshard_feed_open
            lib = None
        loaded.append(lib)
    return loaded[0]


class NativeFeed:
    def __init__(self, lib, run, config, copy):
        self.lib, self.copy, self.feed, self.handle = lib, copy, c.c_void_p(), c.c_void_p()
        self.error, self.batch, self.views = Error(), c.POINTER(Batch)(), {}
        flags = ALL | WITHIN * config.within | IGNORE * config.ignore | UNCHECKED * (not config.check)
        want = FeedConfig(config.consumed, config.samples, config.micro_batch, config.dp, config.rank, config.depth,
                          ORDERS.index(config.order), flags, config.workers, config.worker)
        self.empty = config.samples == 0  # which means all to the library
        self.call(lib.tshard_run_open, c.byref(self.handle), os.fsencode(run.path))
        try:
            run_id = bytes.fromhex(run.run_id)
            want.run_id = c.c_char_p(run_id)
            self.call(lib.tshard_feed_open, c.byref(self.feed), self.handle, c.byref(want), None)
        except TshardError:
            self.close()
            raise

    def call(self, function, *args):
        rc = function(*args, c.byref(self.error))
        if rc < 0:
            raise TshardError(self.error.msg.decode(errors="replace"), self.error.code)
        return rc

    def arrays(self):
        """Views of the arrays of the batch.  Batches take turns in few places, so views are made once."""
        place = c.addressof(self.batch.contents)
        if place not in self.views:
            b = self.batch.contents
            shape, view = (b.samples, b.seq_len), np.ctypeslib.as_array
            self.views[place] = b, {
                "tokens": view(b.tokens, shape), "labels": view(b.labels, shape), "loss_mask": view(b.loss_mask, shape),
                "position_ids": view(b.positions, shape), "cu_seqlens": view(b.cu_seqlens, (b.samples * b.seq_len + 1,)),
                "source_ids": view(b.source, (b.samples,)), "sample_ids": view(b.number, (b.samples,)),
            }
        return self.views[place]

    def next(self):
        """The next batch, or None."""
        if not self.feed:
            raise TshardError("the feed is closed: open another one")
        if self.empty or self.call(self.lib.tshard_feed_next, self.feed, c.byref(self.batch)) == 0:
            return None
        b, views = self.arrays()
        batch = dict(views)
        batch["cu_seqlens"] = batch["cu_seqlens"][: b.segments + 1]
        if self.copy:
            batch = {name: array.copy() for name, array in batch.items()}
        batch["consumed"] = b.consumed
        return batch

    def close(self):
        self.lib.tshard_feed_close(self.feed)
        self.lib.tshard_run_close(self.handle)
        self.feed, self.handle, self.views = c.c_void_p(), c.c_void_p(), {}

    def __del__(self):
        if getattr(self, "lib", None):
            self.close()
