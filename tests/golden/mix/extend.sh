# --extend lengthens a run in place; a plan that does not begin with the run is rejected.
docs en 1 60 | tamis encode -q -m m -o en
docs de 1 60 | tamis encode -q -m m -o de
cat >p <<'PLAN'
tamis-plan 1
seq 16
shard 20
phase p 800
group g 0.75
group h 0.25
source en en in=g
source de de in=h
PLAN
sed 's/800/1200/' p >longer
try tamis mix -q -p p -o run
# Another plan needs the option, and a run.
try tamis mix -q -p longer -o run --resume
try tamis mix -q -p longer -o new --extend
try ls new
for option in --resume --force '--scatter all' '--only-shards 0'; do
	# shellcheck disable=SC2086
	try tamis mix -q -p longer -o run --extend $option
done
inodes() { stat -c %i run/shard-0000[01].{bin,idx}; }
inodes >want
cp -r run same
try tamis mix -p longer -o run --extend
inodes | cmp want -
tamis mix -q -p longer -o once
diff -r once run
try tamis verify -q run
try tamis check-blend -q run
# Again, and a damaged shard.
try tamis mix -q -p longer -o run --extend
diff -r once run
sed 's/800/1600/' p >longest
printf x | dd of=run/shard-00001.bin bs=1 seek=9 conv=notrunc status=none
try tamis mix -q -p longest -o run --extend
rm -rf once
tamis mix -q -p longest -o once
diff -r once run
# Plans that do not begin with the run.
reject() {
	try tamis mix -q -p "$1" -o same --extend
	rm -rf again
	tamis mix -q -p p -o again
	diff -r again same
}
for change in '/^seq/s/$/\nseed 1/' 's/1200/400/' 's/0.75/0.7/; s/0.25/0.3/' 's/en in=g/en in=g hold=0.1/' '/de de/d; s/0.75/1/; /group h/d'; do
	sed "s/800/1200/; $change" p >other
	note "change: $change"
	reject other
done
# A killed extension leaves both plans: no third one before it is complete.
cp -r same killed
cp killed/plan.lock killed/plan.lock.old
rm killed/run.tsv
tamis plan -o killed/plan.lock longer
try tamis mix -q -p longest -o killed --extend
try tamis mix -p longer -o killed --resume
try ls killed
