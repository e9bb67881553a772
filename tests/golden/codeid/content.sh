# Without a file name: "#!" line, modelines, constructs, then the model.
hide() { sed 's/"code_p":[0-9.]*/"code_p":P/'; }
cat >in <<'END'
{"text":"#!/usr/bin/env -S perl -w\nprint 1;\n"}
{"text":"#!/bin/sh\n# \\\nexec tclsh \"$0\" \"$@\"\nputs 1\n"}
{"text":"/* -*- mode: c++ -*- */\nint x;\n"}
{"text":"a = 1\n# vim: ft=julia\n"}
{"text":"<?php echo 1; ?>\n"}
{"text":"FROM debian:12\nRUN apt-get update\n"}
{"text":"def area(self, width, height):\n    \"\"\"Area.\"\"\"\n    if width is None:\n        raise ValueError(width)\n    return [width * h for h in height]\n"}
{"text":"package main\n\nimport (\n\t\"fmt\"\n)\n\nfunc main() {\n\tfmt.Println(\"a\")\n}\n"}
{"text":"The gate was painted green, and nobody had asked for it. It stood open all the same, and the cows of two farms went through as they liked.\n"}
{"text":""}
{"text":"\n \n"}
END
try 'tamis codeid -q in | hide'
# --content-only ignores file names.
printf '{"path":"a.py","text":"#!/bin/sh\\ntrue\\n"}\n' >named
try tamis codeid -q named
try tamis codeid -q --content-only named
