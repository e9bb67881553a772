"""Pass JSON lines on without those whose text came before: exact, in a few lines of Python with orjson."""
import hashlib
import sys

import orjson

seen = set()
with open(sys.argv[1], "rb") as f:
    for line in f:
        digest = hashlib.blake2b(orjson.loads(line)["text"].encode(), digest_size=16).digest()
        if digest not in seen:
            seen.add(digest)
            sys.stdout.buffer.write(line)
