"""peer_web.py - user time of datatrove from a WARC to kept documents, for tests/bench/web.sh.

usage: peer_web.py WARC OUT

Its reader of WARC, trafilatura, C4's, Gopher's two and FineWeb's filter, and its writer of
JSON lines, with zstd as ours.  Its filter of languages needs a model from the network, so
it is left out.  Prints the pages that were kept and the seconds of user CPU, with those of
its processes.
"""
import os
import resource
import sys

os.environ["LOGURU_LEVEL"] = "ERROR"
from datatrove.pipeline.extractors import Trafilatura  # noqa: E402
from datatrove.pipeline.filters import (  # noqa: E402
    C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter)
from datatrove.pipeline.readers import WarcReader  # noqa: E402
from datatrove.pipeline.writers import JsonlWriter  # noqa: E402


def user():
    return sum(resource.getrusage(w).ru_utime for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def main():
    path, out = sys.argv[1:3]
    steps = [
        WarcReader(os.path.dirname(os.path.abspath(path)), glob_pattern=os.path.basename(path)),
        Trafilatura(favour_precision=True, timeout=10),
        GopherRepetitionFilter(), GopherQualityFilter(),
        C4QualityFilter(filter_no_terminal_punct=False), FineWebQualityFilter(),
        JsonlWriter(out, compression="zstd"),
    ]
    start, data = user(), None
    for step in steps:
        data = step.run(data, 0, 1)
    kept = sum(1 for _ in data)
    print(kept, f"{user() - start:.3f}")


main()
