#!/usr/bin/env python3
"""The programs that others train with read our shards, token for token.

usage: peer_megatron.py DIR...

A directory has DOCS shards in tok/ and SAMPLES shards in run/.  What is read is compared with
the payload as struct and array see it, and with DOC and SEG of the sidecar; .idx is left to
the readers under test: numpy, Megatron-LM (IndexedDataset, GPTDataset and BlendedDataset, by
the builder that training calls) and datatrove, as far as this python has them.
"""
import array
import glob
import importlib
import os
import sys

from blend import PAD, Shard

SEQ = 128  # tokens of a sample where a reader cuts them itself
SAMPLES = 600  # of a blend


def check(good, where, what):
    if not good:
        sys.exit(f"peer_megatron.py: {where}: {what}")


class Truth:
    """A shard without help of .idx: its sequences, and how many each document has."""

    def __init__(self, sdx):
        self.prefix = sdx[: -len(".sdx")]
        shard = self.shard = Shard(self.prefix)
        check(len(shard.ids) == shard.tokens, sdx, "payload and sidecar differ in length")
        self.width = shard.ids.itemsize
        if shard.seq == 0:
            lengths = [d[1] for d in shard.documents()]
            self.per_document = [1] * len(lengths)
            self.sequences = list(self.cut(lengths, 0))
        else:
            index = [r[0] for r in shard.rows("SEGIDX", "Q")]
            segs = shard.rows("SEG", "IIIHBB")
            self.per_document = [b - a for a, b in zip(index, index[1:])]
            self.sequences = []
            for i, (a, b) in enumerate(zip(index, index[1:])):
                starts = [s[0] for s in segs[a:b]] + [shard.seq]
                lengths = [e - s for s, e in zip(starts, starts[1:])]
                parts = self.cut(lengths, i * shard.seq)
                self.sequences += parts
        self.padded = shard.seq > 0 and any(s[5] & PAD for s in segs)

    def cut(self, lengths, at):
        for n in lengths:
            yield self.shard.ids[at : at + n]
            at += n


def check_numpy(truth):
    import numpy

    ids = numpy.memmap(truth.prefix + ".bin", "<u2" if truth.width == 2 else "<u4", "r")
    check(ids.tolist() == truth.shard.ids.tolist(), truth.prefix, "numpy reads other tokens")


def check_indexed(truth):
    """IndexedDataset, by mmap, by read(), and spared the head of .idx."""
    from megatron.core.datasets.indexed_dataset import IndexedDataset

    n, documents = len(truth.sequences), len(truth.per_document)
    code = 4 if truth.shard.vocab > 65536 else 8
    for options in (
        {},
        {"mmap": False},
        {"sequences_per_dataset": (n, documents + 1), "dtype_code": code},
    ):
        d = IndexedDataset(truth.prefix, **options)
        where = f"{truth.prefix}: IndexedDataset {options}"
        check(len(d) == n, where, f"{len(d)} sequences, not {n}")
        borders = [0]
        for k in truth.per_document:
            borders.append(borders[-1] + k)
        check(d.document_indices.tolist() == borders, where, "document_indices differ")
        lengths = [len(s) for s in truth.sequences]
        check(d.sequence_lengths.tolist() == lengths, where, "sequence_lengths differ")
        for i, want in enumerate(truth.sequences):
            check(d[i].tolist() == want.tolist(), where, f"sequence {i}: other tokens")


def check_merge(truths, prefix):
    """Megatron's merge of shards: it recomputes the pointers from the lengths."""
    from megatron.core.datasets.indexed_dataset import (
        DType,
        IndexedDataset,
        IndexedDatasetBuilder,
    )

    dtype = DType.dtype_from_code(4 if truths[0].width == 4 else 8)
    builder = IndexedDatasetBuilder(prefix + ".bin", dtype=dtype)
    for truth in truths:
        builder.add_index(truth.prefix)
    builder.finalize(prefix + ".idx")
    d = IndexedDataset(prefix)
    wants = [s for t in truths for s in t.sequences]
    check(len(d) == len(wants), prefix, f"merged: {len(d)} sequences, not {len(wants)}")
    for i, want in enumerate(wants):
        check(d[i].tolist() == want.tolist(), prefix, f"merged: sequence {i}: other tokens")


def gpt_samples(gpt, truth):
    """Its samples as its own three indices say, of the documents that we know."""
    stream, starts = [], []
    for document in gpt.document_index.tolist():
        starts.append(len(stream))
        stream.extend(truth.sequences[document])
    places = [starts[d] + offset for d, offset in gpt.sample_index.tolist()]
    for i, place in enumerate(places):
        check(place == i * SEQ, truth.prefix, f"GPTDataset: sample {i} begins at {place}")
    return [stream[places[i] : places[i] + SEQ + 1] for i in gpt.shuffle_index.tolist()]


def join_group():
    """A process group of this process alone: BlendedDataset asks for its rank."""
    from torch import distributed

    if not distributed.is_initialized():
        store = distributed.HashStore()
        distributed.init_process_group("gloo", store=store, rank=0, world_size=1)


def blend(truths, directory):
    """The training set that Megatron makes of two DOCS shards."""
    from megatron.core.datasets.blended_megatron_dataset_builder import (
        BlendedMegatronDatasetBuilder,
    )
    from megatron.core.datasets.gpt_dataset import GPTDataset, GPTDatasetConfig

    join_group()

    class Tokenizer:
        vocab_size, eod, pad = truths[0].shard.vocab, truths[0].shard.eod, -1
        unique_identifiers = {"vocab_size": vocab_size}

    config = GPTDatasetConfig(
        random_seed=7,
        sequence_length=SEQ,
        blend=([t.prefix for t in truths], [0.7, 0.3]),
        split="1,0,0",
        path_to_cache=os.path.join(directory, "cache"),
        tokenizer=Tokenizer(),
        reset_position_ids=False,
        reset_attention_mask=False,
        eod_mask_loss=False,
    )
    sizes = [SAMPLES, 0, 0]
    return BlendedMegatronDatasetBuilder(GPTDataset, sizes, lambda: True, config).build()[0]


def check_sample(got, want, where):
    check(got["tokens"].tolist() == want[:-1], where, "other tokens")
    check(got["labels"].tolist() == want[1:], where, "other labels")


def check_gpt(truths, directory):
    """A BlendedDataset and the GPTDatasets that it is made of."""
    blended = blend(truths, directory)
    wants = [gpt_samples(d, t) for d, t in zip(blended.datasets, truths)]
    for truth, gpt, want in zip(truths, blended.datasets, wants):
        for i in range(len(gpt)):
            check_sample(gpt[i], want[i], f"{truth.prefix}: GPTDataset: sample {i}")
    check(len(blended) >= SAMPLES, directory, f"BlendedDataset has {len(blended)} samples")
    met = set()
    for i in range(len(blended)):
        source, sample = int(blended.dataset_index[i]), int(blended.dataset_sample_index[i])
        where = f"{directory}: BlendedDataset: sample {i}"
        check(blended[i]["dataset_id"] == source, where, "other source")
        check_sample(blended[i], wants[source][sample], where)
        met.add(source)
    check(met == {0, 1}, directory, f"BlendedDataset draws from {met} only")
    return len(blended) + sum(len(gpt) for gpt in blended.datasets)


def check_datatrove(truth, directory):
    """The payload as .ds with .ds.index: ids, and positions in documents."""
    from datatrove.utils.dataset import DatatroveFolderDataset

    os.makedirs(directory)
    os.link(truth.prefix + ".bin", os.path.join(directory, "0.ds"))
    ends, starts = array.array("Q"), set()
    at = 0
    for s in truth.sequences:
        starts.add(at)
        at += len(s)
        ends.append(at)
    if sys.byteorder == "big":
        ends.byteswap()
    with open(os.path.join(directory, "0.ds.index"), "wb") as f:
        ends.tofile(f)
    d = DatatroveFolderDataset(
        directory, SEQ, filename_pattern="*.ds", token_size=truth.width, return_positions=True
    )
    check(len(d) == len(truth.shard.ids) // (SEQ + 1), directory, f"datatrove has {len(d)} windows")
    for i in range(len(d)):
        first = i * (SEQ + 1)
        want = truth.shard.ids[first : first + SEQ + 1].tolist()
        check(d[i]["input_ids"].tolist() == want, directory, f"datatrove: window {i}: other tokens")
        places, place = [], 0
        for k in range(first, first + SEQ + 1):
            place = 0 if k in starts else place
            places.append(place)
            place += 1
        check(d[i]["positions"].tolist() == places, directory, f"datatrove: window {i}: positions")


def has(peer, *modules):
    try:
        for module in modules:
            importlib.import_module(module)
    except Exception as e:  # whatever it is that keeps it from being used here
        print(f"megatron: skipped: {peer}: {sys.executable}: {e}")
        return False
    return True


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__.strip())
    megatron = has("Megatron-LM", "megatron.core.datasets.gpt_dataset", "megatron.core.datasets.helpers")
    datatrove = has("datatrove", "torch", "datatrove.utils.dataset")
    met, sequences, drawn = set(), 0, 0
    for directory in sys.argv[1:]:
        docs = [Truth(p) for p in sorted(glob.glob(f"{glob.escape(directory)}/tok/*.sdx"))]
        samples = [Truth(p) for p in sorted(glob.glob(f"{glob.escape(directory)}/run/*.sdx"))]
        check(len(docs) > 1 and samples, directory, "too few shards")
        met.add(docs[0].width)
        check(any(t.padded for t in samples), directory, "no sample with pad: a weaker test")
        for truth in docs + samples:
            check_numpy(truth)
            if megatron:
                check_indexed(truth)
                sequences += len(truth.sequences)
        if megatron:
            check_merge(docs, os.path.join(directory, "docs"))
            check_merge(samples, os.path.join(directory, "samples"))
            drawn += check_gpt(docs[:2], directory)
        if datatrove:
            check_datatrove(docs[0], os.path.join(directory, "ds"))
    check(met == {2, 4}, "shards", f"of {met} bytes a token only")
    if megatron:
        print(f"megatron: {sequences} sequences and {drawn} samples of Megatron's are ours")


main()
