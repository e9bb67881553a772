#!/usr/bin/env python3
"""near_peers.py - measure the CPU time of near-duplicate removal in Python, and the ids removed.

usage: near_peers.py [-b BANDS] [-r ROWS] [-i DIR] [-p PEER,...] FILE

FILE holds JSON lines with fields id and text.  Run it with PEER_PYTHON, a python that has some
of datatrove with spacy, rensa and text-dedup; a peer that is missing is skipped.  -p names the
peers to run.  -i writes the ids that each peer removed to DIR/PEER.ids, in the order of FILE.

Prints user and system seconds of each stage and of all, MB/s of text, and the documents removed.
Loading modules is not counted, nor is reading FILE to compare ids.

datatrove: its four stages, one worker, in this process: 5-grams of words of its own English
tokenizer, 64-bit xxHash, BANDS x ROWS (default 14 x 8).
rensa: reading, and the flow of its manual: RMinHashDeduplicator, threshold 0.8, LSH, 128 values.
rensa-words takes words, as the manual does, rensa takes their 5-grams.  Both split lower-case
text at white space.  Its bands are its own choice.
text-dedup: its command minhash with 5-grams and BANDS x ROWS, one process.  It reads
a copy of FILE with id and text alone, and also removes documents of fewer than 5 words.
"""
import argparse
import contextlib
import glob
import importlib.metadata
import json
import logging
import os
import resource
import shutil
import subprocess
import sys
import tempfile

# The number of threads is fixed before a library reads it.
os.environ.update(RAYON_NUM_THREADS="1", OMP_NUM_THREADS="1", POLARS_MAX_THREADS="1")


class Watch:
    """User and system seconds of this process and its children, from start to stop."""

    def __init__(self, name):
        self.name = name

    def used(self):
        both = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(r.ru_utime for r in both), sum(r.ru_stime for r in both)

    def __enter__(self):
        self.begun = self.used()
        return self

    def __exit__(self, *_):
        self.user, self.sys = (now - then for now, then in zip(self.used(), self.begun))


def ids_in(path):
    with open(path, "rb") as f:
        return [json.loads(line)["id"] for line in f]


def datatrove(args, directory):
    import spacy
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import (
        MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature)
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers.jsonl import JsonlWriter
    from datatrove.utils.hashing import HashConfig
    from datatrove.utils.logging import logger

    logger.remove()
    spacy.blank("en")
    config = MinhashConfig(
        n_grams=5, num_buckets=args.bands, hashes_per_bucket=args.rows,
        hash_config=HashConfig(precision=64, hash_fc="xxhash"))
    source, name = os.path.split(os.path.abspath(args.file))
    sigs, buckets, removed, kept = (os.path.join(directory, d) for d in ("s", "b", "r", "kept"))

    def reader():
        return JsonlReader(source, glob_pattern=name, compression=None)

    stages = [
        ("signatures", 1, [reader(), MinhashDedupSignature(sigs, config, language="en")]),
        ("buckets", args.bands, [MinhashDedupBuckets(sigs, buckets, config=config)]),
        ("cluster", 1, [MinhashDedupCluster(buckets, removed, config=config)]),
        ("filter", 1, [reader(), MinhashDedupFilter(removed), JsonlWriter(kept, compression=None)]),
    ]
    watches = []
    for stage, tasks, pipeline in stages:
        logs = os.path.join(directory, "logs", stage)
        with Watch(stage) as w:
            LocalPipelineExecutor(pipeline, tasks=tasks, workers=1, logging_dir=logs).run()
        watches.append(w)
    return watches, [i for part in glob.glob(kept + "/*.jsonl") for i in ids_in(part)]


def rensa_flow(args, tokens):
    from rensa import RMinHashDeduplicator

    with Watch("read") as reading, open(args.file, "rb") as f:
        docs = [(d["id"], tokens(d["text"].lower().split())) for d in map(json.loads, f)]
    with Watch("dedup") as dedup:
        keep = RMinHashDeduplicator(threshold=0.8, num_perm=128, use_lsh=True).add_pairs(docs)
    return [reading, dedup], [i for (i, _), kept in zip(docs, keep) if kept]


def rensa_words(args, _):
    return rensa_flow(args, lambda words: words)


def rensa(args, _):
    return rensa_flow(args, lambda words: list(map(" ".join, zip(*(words[i:] for i in range(5))))) or words)


def text_dedup(args, directory):
    os.environ["HF_HOME"] = os.path.join(directory, "home")
    os.environ["HF_DATASETS_OFFLINE"] = os.environ["HF_HUB_OFFLINE"] = "1"
    from datasets import load_from_disk
    from datasets.utils.logging import disable_progress_bar
    from text_dedup.minhash import main as minhash

    disable_progress_bar()
    logging.disable(logging.INFO)
    # Its reader of JSON fails if lines differ in their fields.
    plain = os.path.join(directory, "plain.jsonl")
    with open(args.file, "rb") as f, open(plain, "w", encoding="utf-8") as out:
        for doc in map(json.loads, f):
            print(json.dumps({"id": doc["id"], "text": doc["text"]}), file=out)
    output = os.path.join(directory, "kept")
    options = {
        "path": "json", "data_files": plain, "split": "train", "column": "text",
        "cache_dir": os.path.join(directory, "cache"), "output": output, "num_proc": 1,
        "ngram": 5, "b": args.bands, "r": args.rows, "num_perm": args.bands * args.rows}
    with Watch("minhash") as w:
        minhash([f"--{k}={v}" for k, v in options.items()], standalone_mode=False)
    return [w], load_from_disk(output)["id"]


PEERS = {"datatrove": datatrove, "rensa-words": rensa_words, "rensa": rensa, "text-dedup": text_dedup}


def measure(args, name, directory):
    with open(args.file, "rb") as f:
        size = sum(len(json.loads(line)["text"].encode()) for line in f)
    with open(os.devnull, "w") as null, contextlib.redirect_stderr(null):
        watches, kept = PEERS[name](args, directory)
    kept = set(kept)
    ids = ids_in(args.file)
    removed = [i for i in ids if i not in kept]
    package = "rensa" if name == "rensa-words" else name
    shape = "" if package == "rensa" else f" {args.bands}x{args.rows}"
    title = f"{name} {importlib.metadata.version(package)}{shape}"
    for w in watches:
        print(f"{title + ': ' + w.name:<40} {w.user:8.2f} user {w.sys:6.2f} sys s")
    user, system = sum(w.user for w in watches), sum(w.sys for w in watches)
    print(f"{title + ': all':<40} {user:8.2f} user {system:6.2f} sys s  "
          f"{size / 1e6 / (user + system):.2f} MB/s of {size / 1e6:.1f} MB, "
          f"{len(removed)} of {len(ids)} documents removed", flush=True)
    if args.ids:
        os.makedirs(args.ids, exist_ok=True)
        with open(os.path.join(args.ids, name + ".ids"), "w", encoding="utf-8") as f:
            f.writelines(f"{i}\n" for i in removed)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-b", "--bands", type=int, default=14)
    parser.add_argument("-r", "--rows", type=int, default=8)
    parser.add_argument("-i", "--ids", metavar="DIR")
    parser.add_argument("-p", "--peers", default=",".join(PEERS))
    parser.add_argument("file")
    args = parser.parse_args()
    names = args.peers.split(",")
    for name in names:
        if name not in PEERS:
            parser.error(f"--peers {name}: must be one of {', '.join(PEERS)}")
    # One process a peer, so that the modules and memory of one cost the next nothing.
    if len(names) > 1:
        for name in names:
            subprocess.run([sys.executable, "-W", "ignore", *sys.argv, "-p", name], check=False)
        return
    directory = tempfile.mkdtemp()
    try:
        measure(args, names[0], directory)
    except ImportError as e:
        print(f"peer: {names[0]}: skipped: {e}", file=sys.stderr)
    finally:
        shutil.rmtree(directory)


main()
