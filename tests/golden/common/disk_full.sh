# A full disk is exit 4, and the message names the file, for every file written.
[ -c /dev/full ] || skip 'no /dev/full'
echo '{"text":"a"}' >in
try 'tamis length -q in >/dev/full'
try 'tamis length -q -z in >/dev/full'
try tamis length -q -o /dev/full in
try tamis length -q -r /dev/full -m 5 in
try tamis length -q --report /dev/full in
try 'tamis --help >/dev/full'
try 'tamis length --help >/dev/full'
try 'tamis --version >/dev/full'
note once
seq 2000 | sed "s,.*,{\"text\":\"number &\"}," >many
tamis vocab -q --size 280 -o m many
tamis encode -q -m m -o en in
try 'tamis cat --all en >/dev/full'
try 'tamis info en >/dev/full'
printf 'tamis-plan 1\nseq 1\nphase p 1\ngroup g 1\nsource a en in=g\n' >plan
try 'tamis plan -n plan >/dev/full'
