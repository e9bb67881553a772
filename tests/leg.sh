#!/bin/bash
# leg.sh - run one leg of make check, keep its output in a log and count its tests.
#
# usage: leg.sh LOGS KIND/NAME CMD...   run CMD; print one line, or the whole log on failure
#        leg.sh --sum LOGS KIND/NAME... print "N passed, N failed" over these legs
#
# CMD counts its tests by a last line "N passed, N failed" or by that of Check; any other CMD
# is one test, which its exit code decides.  With LEG_KEEP set, a leg that fails still exits
# with 0, so that make continues to --sum, which then fails.
set -u
if [ "$1" = --sum ]; then
	logs=$2
	shift 2
	passed=0
	failed=0
	for leg; do
		read -r p f <"$logs/$leg.count"
		passed=$((passed + p))
		failed=$((failed + f))
		[ "$f" = 0 ] || echo "failed: $leg: see $logs/$leg"
	done
	echo "$passed passed, $failed failed"
	[ $failed -eq 0 ]
	exit
fi
log=$1/$2
leg=$2
shift 2
mkdir -p "$(dirname "$log")"
TIMEFORMAT='%U %S'
rc=0
cpu=$({ time "$@" >"$log" 2>&1; } 2>&1) || rc=$?
passed=$((rc == 0))
failed=$((rc != 0))
case $(tail -n 1 "$log") in
*' passed, '*' failed')
	read -r passed _ failed _ < <(tail -n 1 "$log")
	;;
*)
	# Check prints the names of tests that failed after its counts.
	if [[ $(grep -m 1 '%: Checks: ' "$log") =~ Checks:\ ([0-9]+),\ Failures:\ ([0-9]+),\ Errors:\ ([0-9]+) ]]; then
		failed=$((BASH_REMATCH[2] + BASH_REMATCH[3]))
		passed=$((BASH_REMATCH[1] - failed))
	fi
	;;
esac
# A leg that dies halfway, or that has no tests, has failed.
[ $rc -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
[ $((passed + failed)) -gt 0 ] || failed=1
echo "$passed $failed" >"$log.count"
if [ "$failed" -gt 0 ]; then
	sed 's/^/  | /' "$log"
else
	sed -n '/# SKIP/p; /: skipped: /p; /^# skipped: /p' "$log" | sed 's/^/  | /'
fi
awk -v leg="$leg" -v passed="$passed" -v failed="$failed" -v cpu="$cpu" 'BEGIN {
	split(cpu, t, " ")
	printf "%-24s %4d passed, %d failed, %5.1f s of CPU\n", leg, passed, failed, t[1] + t[2]
}'
[ "$failed" -eq 0 ] || [ "${LEG_KEEP-}" ]
