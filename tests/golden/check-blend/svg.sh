# --svg draws the shares: well-formed XML, written atomically, byte for byte the same.
docs en 1 40 | tamis encode -q -m m -o en
docs de 1 20 | tamis encode -q -m m -o de
cat >p <<'PLAN'
tamis-plan 1
seq 16
phase p 160
phase q 160
group en 0.75 weight.q=0.25
group de 0.25 weight.q=0.75
source en en in=en
source de de in=de
PLAN
tamis mix -q -p p -o run
try tamis check-blend -q --svg a.svg run
try cat a.svg
python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' a.svg
try tamis check-blend -q --svg absent/a.svg run
try ls -A
# No file of the run is replaced.
sum=$(sha256sum run/*)
for file in run.tsv plan.lock shard-00000.bin shard-00000.idx shard-00000.sdx; do
	try tamis check-blend -q --svg run/$file run
done
[ "$sum" = "$(sha256sum run/*)" ]
