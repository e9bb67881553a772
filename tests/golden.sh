#!/bin/bash
# golden.sh - run the golden tests and compare their transcripts.
#
#   tests/golden/COMMAND/NAME.sh   a test; line 1 states what it pins
#   tests/golden/COMMAND/NAME.out  its transcript
#   tests/golden/COMMAND/setup     sourced before each test of the directory, if present
#
# A test runs under bash -eu in an empty directory, once with TAMIS_THREADS=1 and once with
# 4; both must give the same transcript.  Tests named usage.sh, and those whose line 2 is
# "# threads: 1", run once.  tests/golden/prologue.sh has the functions of a test.
# Under a sanitizer, which TAMIS_TEST_SAN names, the others run with 4 threads only; under
# that of threads, the former do not run.
#
# usage: BIN=DIR golden.sh [-u] [-j N] [DIR|TEST.sh...]
#   BIN   the directory of the tamis under test
#   -u    rewrite the transcripts
#   -j N  run N tests at a time; default: the number of processors
#
# Prints TAP, then "N passed, N failed".
set -u
here=$(cd "$(dirname "$0")" && pwd)
update=
jobs=$(nproc 2>/dev/null || echo 2)
while getopts uj: o; do
	case $o in
	u) update=1 ;;
	j) jobs=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
if [ ! -x "${BIN:?set BIN to the directory of tamis}/tamis" ]; then
	echo "golden.sh: no program '$BIN/tamis': build it first" >&2
	exit 2
fi
BIN=$(cd "$BIN" && pwd)
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
export BIN PATH="$BIN:$PATH" LC_ALL=C TZ=UTC
umask 022

# run TEST DIR THREADS: leaves DIR/transcript.THREADS, DIR/stray and DIR/rc
run() {
	rm -rf "$2/cwd" && mkdir -p "$2/cwd" "$2/tmp"
	: >"$2/stray"
	(
		cd "$2/cwd" || exit 2
		export TMPDIR=$2/tmp GOLDEN_DIR=$2 GOLDEN_STRAY=$2/stray
		export TAMIS_THREADS=$3 BASH_ENV=$here/golden/prologue.sh
		# The parent process may ignore SIGPIPE, and a shell cannot undo that.
		exec env --default-signal=PIPE bash -eu "$1"
	) </dev/null >>"$2/stray" 2>&1 9>"$2/transcript.$3"
	echo $? >"$2/rc"
}

# one TEST DIR: leaves in DIR/result why TEST fails, or nothing
one() {
	local threads=(1 4) n want=${1%.sh}.out
	mkdir "$2"
	if [ "$(basename "$1")" = usage.sh ] || [ "$(sed -n 2p "$1")" = '# threads: 1' ]; then
		threads=(1)
		if [ "${TAMIS_TEST_SAN-}" = thread ]; then
			echo 'it has one thread' >"$2/skip"
			return 0
		fi
	elif [ "${TAMIS_TEST_SAN-}" ]; then
		threads=(4)
	fi
	for n in "${threads[@]}"; do
		run "$1" "$2" "$n"
		[ ! -e "$2/skip" ] || return 0
		if [ -s "$2/stray" ]; then
			echo "# output outside try, at $n threads:"
			sed 's/^/#   /' "$2/stray"
		fi
		[ "$(cat "$2/rc")" = 0 ] || echo "# the script ended with exit $(cat "$2/rc"), at $n threads"
		cmp -s "$2/transcript.${threads[0]}" "$2/transcript.$n" || {
			echo "# 1 and 4 threads differ:"
			diff -u "$2/transcript.1" "$2/transcript.$n" | sed 's/^/# /'
		}
	done >"$2/result"
	[[ $(head -n 1 "$1") == '# '?* ]] || echo "# line 1 must state what the test pins" >>"$2/result"
	if [ "$update" ]; then
		[ -s "$2/result" ] || cmp -s "$want" "$2/transcript.${threads[0]}" || cp "$2/transcript.${threads[0]}" "$want"
	elif ! cmp -s "$want" "$2/transcript.${threads[0]}"; then
		diff -u --label expected --label found "$want" "$2/transcript.${threads[0]}" 2>&1 | sed 's/^/# /' >>"$2/result"
	fi
	rm -rf "$2/cwd" "$2/tmp"
}

tests=()
[ $# -gt 0 ] || set -- "$here"/golden/*/
for t; do
	if [ -d "$t" ]; then
		tests+=("$(cd "$t" && pwd)"/*.sh)
	else
		tests+=("$(cd "$(dirname "$t")" && pwd)/$(basename "$t")")
	fi
done
passed=0
failed=0
# report N: what test N gave
report() {
	local t=${tests[$1]} name
	name=${t#"$here"/golden/}
	name=${name%.sh}
	if [ -s "$tmp/$1/result" ]; then
		cat "$tmp/$1/result"
		echo "not ok $(($1 + 1)) - $name"
		failed=$((failed + 1))
	elif [ -e "$tmp/$1/skip" ]; then
		echo "ok $(($1 + 1)) - $name # SKIP $(cat "$tmp/$1/skip")"
	else
		echo "ok $(($1 + 1)) - $name"
		passed=$((passed + 1))
	fi
}

# Start what may run, then wait for the oldest, so that results appear in order.
pids=()
for ((i = 0; i < ${#tests[@]}; i++)); do
	for ((; ${#pids[@]} < ${#tests[@]} && ${#pids[@]} < i + jobs; )); do
		one "${tests[${#pids[@]}]}" "$tmp/${#pids[@]}" &
		pids+=($!)
	done
	wait "${pids[i]}"
	report "$i"
done
echo "1..${#tests[@]}"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
