#!/usr/bin/env python3
"""Write the main text of the pages of a WARC, the last argument, as JSON lines, with resiliparse.

extract_f1.py takes this script in the place of tamis.
"""
import sys

import orjson
from fastwarc.warc import ArchiveIterator, WarcRecordType
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import bytes_to_str, detect_encoding

with open(sys.argv[-1], "rb") as f:
    for record in ArchiveIterator(f, record_types=WarcRecordType.response):
        body = record.reader.read()
        charset = record.http_charset or detect_encoding(body)
        text = extract_plain_text(bytes_to_str(body, charset), main_content=True)
        url = record.headers.get("WARC-Target-URI")
        sys.stdout.buffer.write(orjson.dumps({"url": url, "text": text}) + b"\n")
