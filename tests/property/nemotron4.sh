#!/bin/bash
# nemotron4.sh - examples/nemotron4.plan, scaled down to tiny sources, resolves to its shares.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
plan=$here/../../examples/nemotron4.plan

# Facts from the two reports.
[ "$(grep -c '^source multi/[a-z][a-z] ' "$plan")" -eq 53 ]
[ "$(grep -c '^source code/' "$plan")" -eq 43 ]
awk '/^phase/ { sum += $3 } END { exit sum != 9e12 }' "$plan"

# Scale to a ten-millionth of the tokens, in samples of 64.
sed -e 's/^seq 4096/seq 64/' -e '/^phase/s/e12/e5/' -e '/^batch/s/e9/e2/' "$plan" >small.plan
[ "$(grep -c e12 small.plan)" -eq 0 ]

# One shard per source, of very different sizes, under the names in the plan.
docs() {
	awk -v name="$1" -v n="$2" 'BEGIN {
		for (i = 1; i <= n; i++)
			printf "{\"id\":\"%s-%d\",\"text\":\"the sieve %s\"}\n", name, i, name
	}'
}
docs x 50 >t
tamis vocab -q --size 280 -o m.model t
awk '$1 == "source" { print $2, substr($3, 1, length($3) - 1) }' small.plan >sources
n=0
while read -r name prefix; do
	n=$((n + 1))
	case $name in
	en/*) k=6000 ;;
	qa) k=400 ;;
	*) k=$((100 + n * 37 % 900)) ;;
	esac
	mkdir -p "$prefix"
	docs "$name" $k | tamis encode -q -m m.model -o "${prefix}00000"
done <sources

tamis plan -o plan.lock small.plan
tamis plan -n small.plan >table
grep -E '^(en|multi|code|qa) ' table | head -n 4 | awk '
	# (8 * 0.7 + 0.9 * 0.7 + 0.1 * 0.62) / 9 and so on.  Each source may be off by one sample,
	# 0.0071 %, per phase.
	function near(a, b, by) { return a - b < by && b - a < by }
	function is(name, want) { return near(planned[name], want, 0.001) && near(got[name], want, 1) }
	{ planned[$1] = $2 + 0; got[$1] = $3 + 0 }
	END { exit !(is("en", 69.9111) && is("multi", 15) && is("code", 15.0333) && is("qa", 0.0555)) }' || {
	fail "shares differ from the plan: $(cat table)"
}
[ "$(sed -n 's/^samples //p' plan.lock)" -eq 14062 ]
tamis mix -q -p plan.lock -o run
tamis verify -q run
