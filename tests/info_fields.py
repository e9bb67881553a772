#!/usr/bin/env python3
"""info_fields.py - print values of JSON lines: info_fields.py EXPR... <LINES

Each EXPR is Python on a line's object d.  A line gives one line of compact JSON values, separated by
tabs; strings are bare.
"""
import json
import sys

for line in sys.stdin:
    d = json.loads(line)
    values = [eval(e, {"d": d}) for e in sys.argv[1:]]
    print("\t".join(v if isinstance(v, str) else json.dumps(v, separators=(",", ":")) for v in values))
