#!/usr/bin/env python3
"""Measure how fast transformers renders, masks and encodes conversations, in user CPU.

usage: peer_chat.py MODEL CONVERSATIONS TEMPLATE

TEMPLATE: a Jinja file with generation blocks.
"""
import json, os, resource, sys

os.environ['TRANSFORMERS_VERBOSITY'] = 'error'
from transformers import LlamaTokenizerFast

MOST = 3000


def measure(name, size, run):
    start = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    run()
    print('%-48s %9.2f MB/s' % (name, size / 1e6 / (resource.getrusage(resource.RUSAGE_SELF).ru_utime - start)))


def main():
    tokenizer = LlamaTokenizerFast(vocab_file=sys.argv[1], legacy=False)
    tokenizer.chat_template = open(sys.argv[3]).read()
    with open(sys.argv[2], encoding='utf-8') as f:
        lines = [line for _, line in zip(range(MOST), f)]
    talks = [json.loads(line)['messages'] for line in lines]
    size = sum(len(line.encode()) for line in lines)

    def run(tokenize):
        for t in talks:
            tokenizer.apply_chat_template(t, tokenize=tokenize, return_dict=tokenize, return_assistant_tokens_mask=tokenize)
    measure('transformers, render', size, lambda: run(False))
    measure('transformers, render, encode, mask', size, lambda: run(True))


main()
