# A text file that is not UTF-8 is converted from the charset that it declares or --charset names, dropped, or repaired.
printf 'good\n' >good
printf 'caf\351 ol\351\n' >latin
printf 'cut \342\202' >half
printf '\355\240\200 surrogate' >surrogate
try tamis extract -r rejects good latin half surrogate
try cat rejects
try tamis extract --on-bad=repair good latin half surrogate
try tamis extract --charset latin1 good latin
try tamis extract --charset EUC-JP good latin
try tamis extract --charset klingon good
# Declarations of Python, Emacs, Vim, XML and CSS, in the first two lines only.
printf '#!/usr/bin/python\n# -*- coding: latin-1 -*-\n"\351"\n' >a.py
printf '/* vim: set fileencoding=cp1252 : */\n"\223\351\224"\n' >b.c
printf '<?xml version="1.0" encoding="ISO-8859-2"?>\n<a>\261</a>\n' >c.xml
printf '@charset "koi8-r";\na { content: "\301" }\n' >d.css
printf '; -*- mode: lisp; coding: iso-latin-1-unix -*-\n"\351"\n' >e.el
printf '# coding: euc-jp\n"\351"\n' >f.py
printf '#\n#\n# coding: latin1\n"\351"\n' >g.py
printf '# coding: latin1\n"\303\251"\n' >utf8.py
printf '# coding: klingon\n"\351"\n' >h.py
printf '# decoding = encoding\n"\351"\n' >i.py
try tamis extract a.py b.c c.xml d.css e.el f.py g.py utf8.py h.py i.py
try tamis extract -q --charset windows-1252 a.py g.py
