# Required options; shards that are missing or have changed since planning.
docs en 1 40 | tamis encode -q -m m -o en
docs de 1 40 | tamis encode -q -m m -o de
printf 'tamis-plan 1\nseq 16\nphase p 480\ngroup g 1\nsource en en in=g\nsource de de in=g\n' >p
tamis plan -o plan.lock p
try tamis mix -o run
try tamis mix -p p
try tamis mix -p p -o -
try tamis mix -p p -o run extra
try tamis mix -p absent -o run
try tamis mix -p t -o run
try tamis mix -p p -o absent/run
mkdir keep && mv de.* keep
try tamis mix -p p -o run
try tamis mix -q -p plan.lock -o run
# The same name with other documents.
docs fr 1 40 | tamis encode -q -m m -o de
try tamis mix -q -p plan.lock -o run
mv keep/de.* . && mv en.bin en.gone
try tamis mix -q -p p -o run
# mix rejects damaged documents; after a repair --resume completes the run.
mv en.gone en.bin && cp en.bin good
printf '\377' | dd of=en.bin bs=1 seek=20 conv=notrunc status=none
try tamis mix -q -p plan.lock -o run
cp good en.bin
try tamis mix -q --resume -p plan.lock -o run
try tamis verify -q run
