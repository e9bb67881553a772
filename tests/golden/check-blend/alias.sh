# blend, the former name of check-blend, still works; no list or completion shows it.
docs en 1 40 | tamis encode -q -m m -o en
printf 'tamis-plan 1\nseq 16\nseed 5\nphase p 480\ngroup g 1\nsource en en in=g\n' >p
tamis mix -q -p p -o run
try tamis blend -q run
try tamis blend -q absent
try "tamis --list | grep blend"
try "tamis --help | grep -c '^  blend'"
try "tamis --completion bash | grep -cw ' blend '"
try tamis blen
