#!/usr/bin/env python3
"""Parse JSON lines and do nothing else: the least that a reader of conversations in Python does.

usage: peer_json.py FILE
"""
import json
import sys

with open(sys.argv[1], "rb") as f:
    for line in f:
        json.loads(line)
