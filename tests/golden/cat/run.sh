# cat prints samples of a run with their segments, and documents of a DOCS shard.
docs en 1 40 | tamis encode -q -m m -o en
printf '{"id":"fr-1","text":"le moulin\\n","lang":"fr","url":"http://a.example/"}\n{"text":"\\t\\ud83d\\ude00 "}\n' |
	tamis encode -q -m m -o fr
cat >p <<'PLAN'
tamis-plan 1
seq 16
shard 20
phase p max
group g 1
source en en in=g
source fr fr in=g weight=0.04
PLAN
tamis mix -q -p p -o run
try tamis cat run
try tamis cat -n 44 run
try tamis cat -n 44 run/shard-00002.idx
try tamis cat -n 44 -m m run
try tamis cat -n 44 -m m --ids run
try tamis cat -n 44 --plain run
try tamis cat --all fr
try tamis cat --all -m m fr
try tamis cat --all -m m --ids fr.bin
try tamis cat --all -m m --plain fr
try tamis cat -n 1 -m m en fr
try 'tamis cat --all --plain en | tamis decode -m m | sed -n 1,2p'
try "tamis cat --all run | grep -c '^## sample'"
# The last sample of a source is padded.
try 'tamis cat --all -m m run | grep -B 2 pad'
