"""Print the CPU milliseconds trafilatura takes for the main text of the first 60 pages of a WARC."""
import sys
import time

import trafilatura


def pages(path):
    data = open(path, "rb").read()
    at = 0
    while (at := data.find(b"WARC/1.0\r\n", at)) >= 0:
        head_end = data.index(b"\r\n\r\n", at) + 4
        head = data[at:head_end].decode("latin-1").lower()
        size = int(head.split("content-length:")[1].split("\r")[0])
        body = data[head_end : head_end + size]
        at = head_end + size
        if "warc-type: response" in head:
            yield body.split(b"\r\n\r\n", 1)[1].decode("utf-8", "replace")


first = [page for page, _ in zip(pages(sys.argv[1]), range(60))]
start = time.process_time()
for page in first:
    trafilatura.extract(page)
print(int((time.process_time() - start) * 1000))
