#!/usr/bin/env python3
"""CPU that Megatron-LM and datatrove take to make one training set of DOCS shards' tokens.

usage: peer_mix.py DIR PREFIX...

Prints NAME, tokens, user and system seconds of each stage, tab-separated: the fastest of
three runs of this process's own time, without imports.  Ids are handed over as each one
takes them, made ready off the clock; what is written goes to DIR and is removed again.

megatron: as preprocess_data with partitions does.  build: a part of each source, from the lists
of ids that tokenizers give; or from tensors, which nothing gives there, as the least that it
could take; merge: the parts end to end, nothing is shuffled.  datatrove: write: from lists
of ids a file of each source, which is then written again with its documents shuffled; merge:
the documents of all files in random turns.
"""
import os
import resource
import shutil
import sys

import numpy

RUNS = 3


class Watch:
    """User and system seconds between start and stop, summed."""

    def __init__(self):
        self.user = self.sys = 0.0

    def __enter__(self):
        self.begun = resource.getrusage(resource.RUSAGE_SELF)

    def __exit__(self, *_):
        now = resource.getrusage(resource.RUSAGE_SELF)
        self.user += now.ru_utime - self.begun.ru_utime
        self.sys += now.ru_stime - self.begun.ru_stime


class Source:
    """Tokens and document lengths of one DOCS shard of u32, through its .idx."""

    def __init__(self, prefix):
        with open(prefix + ".idx", "rb") as f:
            f.seek(18)
            n = int.from_bytes(f.read(8), "little")
            f.seek(34)
            lengths = numpy.frombuffer(f.read(4 * n), "<i4")
        self.ids = numpy.fromfile(prefix + ".bin", "<i4")
        self.ends = numpy.cumsum(lengths).tolist()
        self.name = os.path.basename(prefix)

    def documents(self):
        at = 0
        for end in self.ends:
            yield self.ids[at:end]
            at = end

    def batches(self, n=1000):
        some = []
        for d in self.documents():
            some.append(d)
            if len(some) == n:
                yield some
                some = []
        yield some


def megatron(directory, sources):
    import torch
    from megatron.core.datasets.indexed_dataset import IndexedDatasetBuilder

    lists, tensors, merge = Watch(), Watch(), Watch()
    for s in sources:
        prefix = os.path.join(directory, s.name)
        for watch in (tensors, lists):
            with watch:
                out = IndexedDatasetBuilder(prefix + ".bin", dtype=numpy.int32)
            for some in s.batches():
                ready = [torch.from_numpy(d) if watch is tensors else d.tolist() for d in some]
                with watch:
                    for document in ready:
                        if watch is lists:
                            out.add_document(document, [len(document)])
                        else:
                            out.add_item(document)
                            out.end_document()
            with watch:
                out.finalize(prefix + ".idx")
    with merge:
        out = IndexedDatasetBuilder(os.path.join(directory, "merged.bin"), dtype=numpy.int32)
        for s in sources:
            out.add_index(os.path.join(directory, s.name))
        out.finalize(os.path.join(directory, "merged.idx"))
    return {
        "megatron: build": lists,
        "megatron: build of tensors": tensors,
        "megatron: merge": merge,
    }


def datatrove(directory, sources):
    from datatrove.pipeline.tokens.merger import DocumentTokenizerMerger
    from datatrove.pipeline.tokens.tokenizer import TokenizedFile
    from datatrove.utils.logging import logger

    logger.remove()
    write, merge = Watch(), Watch()
    parts = os.path.join(directory, "parts")
    random = numpy.random.default_rng(1)
    for rank, s in enumerate(sources):
        with write:
            out = TokenizedFile(
                parts,
                f"{rank:05d}_unshuffled.ds",
                tokenizer_name_or_path="none",
                save_final_metadata=True,
                token_size=4,
            )
        for some in s.batches():
            lists = [d.tolist() for d in some]
            with write:
                for ids in lists:
                    out.write(ids, None)
        with write:
            out.close()
            order = random.permutation(len(out.doc_ends))
            out.copy(None, order, rank=rank, sub_filename="doc_shuffled")
            out.cleanup()
    with merge:
        merger = DocumentTokenizerMerger(
            parts, os.path.join(directory, "merged"), "mixed", seed=1, progress=False
        )
        merger.run()
    return {"datatrove: write and shuffle": write, "datatrove: merge": merge}


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__.strip())
    sources = [Source(p) for p in sys.argv[2:]]
    tokens = sum(len(s.ids) for s in sources)
    for peer in (megatron, datatrove):
        best = {}
        try:
            for _ in range(RUNS):
                directory = os.path.join(sys.argv[1], peer.__name__)
                os.makedirs(directory)
                for name, w in peer(directory, sources).items():
                    if name not in best or w.user + w.sys < best[name].user + best[name].sys:
                        best[name] = w
                shutil.rmtree(directory)
        except ImportError as e:
            print(f"peer: {peer.__name__}: skipped: {e}", file=sys.stderr)
            continue
        for name, w in best.items():
            print(name, tokens, f"{w.user:.3f}", f"{w.sys:.3f}", sep="\t")


main()
