# plan writes a table or a plan.lock, and reads a plan or a plan.lock.
docs en 1 20 | tamis encode -q -m m -o en-0
docs en 21 30 | tamis encode -q -m m -o en-1
docs de 1 40 | tamis encode -q -m m -o de
docs code 1 9 | tamis encode -q -m m -o code
cat >p <<'PLAN'
tamis-plan 1
# a comment
seq 16
seed 7	# and another one
shard 10
phase bulk 800
phase anneal 0.2K
group en 0.7 weight.anneal=0.4
group rest 0.3 weight.anneal=0.6
source en en-* in=en cap=3
source de de in=rest weight=0.75
source code code in=rest weight.anneal=0.25 cap=20.5
PLAN
try tamis plan -n p
try tamis plan -o plan.lock p
try ls
hide() { sed 's/[0-9a-f]\{64\}/HASH/; s/^xxh3 [0-9a-f]*$/xxh3 HASH/'; }
try 'hide <plan.lock'
# A plan.lock is a plan too and resolves to itself.
tamis plan plan.lock | cmp plan.lock -
tamis plan -n p >a
tamis plan --dry-run plan.lock | cmp a -
tamis plan p | cmp plan.lock -
# Paths are relative to the directory of the plan, or to --root.
mkdir sub
cp p sub
try tamis plan -n sub/p
try 'tamis plan --root . sub/p | cmp plan.lock -'
(cd sub && tamis plan --root .. p) | cmp plan.lock -
