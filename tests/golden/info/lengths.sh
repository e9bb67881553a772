# info prints the shortest and the longest sample length of a run with two phases.
awk 'BEGIN { for (i = 1; i <= 40; i++) printf "{\"id\":\"%d\",\"text\":\"the mill number %d\"}\n", i, i }' >in
tamis vocab -q --size 285 -o m in
tamis encode -q -m m -o en in
printf 'tamis-plan 1\nphase p 160 seq=16\nphase q 320 seq=32\nphase r 160 seq=16\ngroup g 1\nsource en en in=g\n' >p
tamis mix -q -p p -o run
try 'tamis info run | grep samples'
tamis info --json run >info.json
try grep -o '"seq_len[^,]*,"seq_len_max[^,]*,"samples[^,]*' info.json
try 'tamis info run/shard-00001 | grep samples'
