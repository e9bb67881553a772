#!/bin/bash
# plan.sh - measure planning of 9T tokens over 200 sources: time, memory, size of plan.lock.  Never fails.
#
# BIN: directory of tamis.  fake_docs.py writes the shards, headers followed by holes.
set -eu
bin=${BIN:-build}/tamis
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# Sources of 0.1 to 390 G tokens, 4.1T in total, four shards each.
sizes() {
	awk 'BEGIN {
		for (i = 0; i < 200; i++)
			printf "tok/%s%d %d\n", i < 20 ? "en" : i < 140 ? "multi" : "code", i, (i < 20 ? 20e9 : 2.5e9) * exp(3 * sin(i))
	}'
}
plan() {
	cat <<-'PLAN'
		tamis-plan 1
		seq 4096
		seed 1
		batch 0 768
		batch 200e9 1536
		batch 400e9 2304
		phase main 8e12
		phase cont 0.9e12
		phase last 0.1e12
		group en 0.7 weight.last=0.6
		group multi 0.15 alpha=0.3
		group code 0.15 weight.last=0.25 alpha=0.5
	PLAN
	sizes | awk '{
		name = substr($1, 5)
		group = name
		gsub(/[0-9]/, "", group)
		print "source " name, $1 "-*", "in=" group
	}'
}

# measure NAME COMMAND...: print wall time and peak memory
measure() {
	python3 - "$@" <<-'PY'
		import os, resource, sys, time
		begin = time.monotonic()
		pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
		_, status, used = os.wait4(pid, 0)
		print("%-38s %8.2f s  (user %.2f s), %d MB" % (sys.argv[1], time.monotonic() - begin, used.ru_utime, used.ru_maxrss // 1000))
		sys.exit(os.waitstatus_to_exitcode(status))
	PY
}

cd "$tmp"
sizes | python3 "$here/fake_docs.py" . 4
plan >blend.plan
bin=$(cd "$OLDPWD" && cd "$(dirname "$bin")" && pwd)/tamis
if measure 'plan: 9T tokens, 200 sources' "$bin" plan -o plan.lock blend.plan; then
	printf '%-38s %8d MB, %d shards\n' '  plan.lock' $(($(wc -c <plan.lock) / 1000000)) $(($(grep -c '^at ' plan.lock) - 1))
	measure 'plan: the same from plan.lock' "$bin" plan -n -o table plan.lock || true
fi
# Samples of 1024 tokens: four times as many.
sed 's/^seq 4096/seq 1024/' blend.plan >short.plan
measure 'plan: the same, samples of 1024' "$bin" plan -o short.lock short.plan || true
# Shares over seven orders of magnitude: jumps from shard to shard fail, so every sample is visited.
awk 'BEGIN { for (i = 0; i < 200; i++) printf "far/s%d %d\n", i, 1e5 * exp(i / 200 * 17) }' | python3 "$here/fake_docs.py" . 1
{
	printf 'tamis-plan 1\nseq 4096\nphase p 9e12\ngroup g 1\n'
	for i in {0..199}; do echo "source s$i far/s$i-0 in=g"; done
} >far.plan
measure 'plan: shares over seven magnitudes' "$bin" plan -o far.lock far.plan || true
