# mix writes the planned run, with the same bytes from the plan and from plan.lock.
docs en 1 40 | tamis encode -q -m m -o en
docs de 1 20 | tamis encode -q -m m -o de
cat >p <<'PLAN'
tamis-plan 1
seq 16
seed 7
shard 20
phase p 800
group en 0.75
group de 0.25
source en en in=en
source de de in=de cap=1
PLAN
try tamis mix -p p -o run
try ls -A run
tamis plan p | cmp run/plan.lock -
hide() { sed 's/[0-9a-f]\{64\}/HASH/'; }
try 'cut -f 1-6 run/run.tsv | hide'
try tamis cat -n 45 run
try tamis cat -n 45 -m m --plain run
segments() { awk '$2 == "tokens" { n[$5]++ } END { print n["en,"], n["de,"] }'; }
try 'tamis cat --all run | segments'
hash() { (cd "$1" && sha256sum -- *); }
hash run >want
for args in -j1 -j4 '-j 16'; do
	rm -rf again
	# shellcheck disable=SC2086
	try tamis mix -q $args -p p -o again
	hash again | cmp want -
done
try tamis mix -q -p run/plan.lock --root . -o locked
hash locked | cmp want -
try tamis mix -q --no-ids -p p -o without
for f in run/*.bin run/*.idx; do cmp "$f" "without/${f#run/}"; done
try 'tamis cat -n 45 without | sed -n 1,2p | cut -c 1-60'
# A longer run begins with the same tokens, under other counts.
sed 's/800/1200/' p >longer
try tamis mix -q -p longer -o longer.run
for n in 0 1; do cmp "run/shard-0000$n.bin" "longer.run/shard-0000$n.bin"; done
# Another seed gives another order with the same counts.
sed 's/seed 7/seed 8/' p >other
try tamis mix -q -p other -o other.run
try "! cmp -s run/shard-00000.bin other.run/shard-00000.bin"
