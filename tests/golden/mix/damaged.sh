# mix detects a sidecar of documents that was damaged after planning.
awk 'BEGIN { for (i = 0; i < 40; i++) printf "{\"id\":\"%d\",\"text\":\"the mill number %d\",\"n\":%d}\n", i, i, i }' >in
tamis vocab -q --size 285 -o m in
tamis encode -q -m m --number n -o en in
printf 'tamis-plan 1\nseq 16\nphase p max\ngroup g 1\nsource en en in=g\n' >p
try tamis plan -q -o p.lock p
# Damage the language in the first row of DOC, the third section.
doc=$(od -An -t u8 -j 392 -N 8 en.sdx)
printf X | dd of=en.sdx bs=1 seek=$((doc + 30)) conv=notrunc status=none
try tamis mix -q -p p.lock -o run
printf '\0' | dd of=en.sdx bs=1 seek=$((doc + 30)) conv=notrunc status=none
try tamis mix -q --resume -p p.lock -o run
try tamis verify -q run
# Documents encoded again differ from those of the plan.
head -n 39 in | tamis encode -q -m m --force -o en
try tamis mix -q -p p.lock -o again
