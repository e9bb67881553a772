"""peer_extract.py - user time of another extractor on the pages of a WARC, for tests/bench/web.sh.

usage: peer_extract.py fast|default|resiliparse WARC

trafilatura, fast or with its fallbacks, or resiliparse's main content.  FastWARC reads the
WARC, which counts.  Prints the pages and the seconds of user CPU.
"""
import resource
import sys

from fastwarc.warc import ArchiveIterator, WarcRecordType


def extractor(how):
    if how == "resiliparse":
        from resiliparse.extract.html2text import extract_plain_text
        from resiliparse.parse.encoding import bytes_to_str, detect_encoding

        return lambda page: extract_plain_text(bytes_to_str(page, detect_encoding(page)), main_content=True)
    import trafilatura

    return lambda page: trafilatura.extract(page, fast=how == "fast")


def main():
    how, path = sys.argv[1:3]
    run, pages = extractor(how), 0
    start = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    for record in ArchiveIterator(open(path, "rb"), record_types=WarcRecordType.response):
        run(record.reader.read())
        pages += 1
    print(pages, f"{resource.getrusage(resource.RUSAGE_SELF).ru_utime - start:.3f}")


main()
