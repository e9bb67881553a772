# info prints the facts of shards and runs; hashes and sizes depend on library versions.
docs en 1 40 | tamis encode -q -m m -o en
docs code 1 20 | tamis encode -q -m m --eod none --source 'web/code' -o code
docs de 1 30 | tamis encode -q -m m -o de
cat >p <<'PLAN'
tamis-plan 1
seq 16
seed 7
shard 20
phase p 800
group en 0.75
group de 0.25
source en en in=en
source de d? in=de
PLAN
tamis mix -q -p p -o run
hide() { sed -E 's/[0-9a-f]{64}/SHA256/; s/[0-9a-f]{32}/XXH3/; s/(\.sdx) [0-9]+/\1 N/'; }
try 'tamis info en | hide'
try 'tamis info en.bin code.sdx run/ | hide'
try 'tamis info run/shard-00002 | hide'
sha=$(sha256sum <m | cut -c 1-64)
tamis info en | grep -q "tokenizer  $sha"
sha=$(sha256sum <run/plan.lock | cut -c 1-64)
tamis info run | grep -q "plan       $sha"
# An empty shard.
echo '{"text":""}' | tamis encode -q -m m -o nothing
try 'tamis info nothing | hide'
