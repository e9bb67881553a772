#!/bin/sh
# golden.sh - run tests/golden/*/*.sh and compare stdout, stderr and exit code.
#
#   NAME.sh    the test, under sh -eu in an empty folder of its own; line 1 says what it pins
#   NAME.out   expected stdout    (absent: must be empty)
#   NAME.err   expected stderr    (absent: must be empty)
#   NAME.rc    expected exit code (absent: 0)
#
# $BIN is the folder of the tamis under test.  Each test runs with TAMIS_THREADS=1 and with
# 4, and both must agree.  Tests may use
#
#   try CMD...    writes "$ CMD" and the exit code, if it is not 0, to stderr; succeeds
#   skip WHY      the machine lacks what the test needs: ends it (sh -e), and is reported
#
# usage: golden.sh [-u] [TEST.sh...]    -u: rewrite the expectations.  Prints TAP.
set -u
here=$(cd "$(dirname "$0")" && pwd)
update=
if [ "${1-}" = -u ]; then
	update=1
	shift
fi
if [ ! -x "${BIN:?set BIN to the folder of tamis}/tamis" ]; then
	echo "golden.sh: no program '$BIN/tamis': build it first" >&2
	exit 2
fi
BIN=$(cd "$BIN" && pwd)
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$tmp/bin" "$tmp/tmp"
cat >"$tmp/bin/try" <<'EOF'
#!/bin/sh
printf '$ %s\n' "$*" >&2
"$@"
rc=$?
[ $rc -eq 0 ] || printf 'exit %d\n' $rc >&2
EOF
cat >"$tmp/bin/skip" <<'EOF'
#!/bin/sh
printf '%s\n' "$*" >"$GOLDEN_SKIP"
exit 77
EOF
chmod +x "$tmp/bin/try" "$tmp/bin/skip"
export BIN PATH="$BIN:$tmp/bin:$PATH" LC_ALL=C TZ=UTC TMPDIR="$tmp/tmp" GOLDEN_SKIP="$tmp/skip"
umask 022

# run TEST THREADS: leaves out.N, err.N and rc.N
run() {
	rm -rf "$tmp/cwd" && mkdir "$tmp/cwd"
	(cd "$tmp/cwd" && TAMIS_THREADS=$2 exec sh -eu "$1") </dev/null \
		>"$tmp/out.$2" 2>"$tmp/err.$2"
	echo $? >"$tmp/rc.$2"
}

# compare WANTED FOUND WHAT: adds WHAT to $why where they differ
compare() {
	cmp -s "$1" "$2" && return
	why="$why $3"
	diff -u "$1" "$2" | sed 's/^/# /'
}

echo 0 >"$tmp/default.rc"
: >"$tmp/default.out"
: >"$tmp/default.err"
[ $# -gt 0 ] || set -- "$here"/golden/*/*.sh
n=0
failed=0
for t; do
	t=$(cd "$(dirname "$t")" && pwd)/$(basename "$t")
	name=${t#"$here"/golden/}
	name=${name%.sh}
	why=
	n=$((n + 1))
	rm -f "$tmp/skip"
	run "$t" 1
	if [ -e "$tmp/skip" ]; then
		echo "ok $n - $name # SKIP $(cat "$tmp/skip")"
		continue
	fi
	run "$t" 4
	for k in out err rc; do
		want=${t%.sh}.$k
		[ -e "$want" ] || want=$tmp/default.$k
		compare "$tmp/$k.1" "$tmp/$k.4" "$k(1 and 4 threads differ)"
		if [ "$update" ]; then
			if cmp -s "$tmp/default.$k" "$tmp/$k.1"; then
				rm -f "${t%.sh}.$k"
			else
				cp "$tmp/$k.1" "${t%.sh}.$k"
			fi
		else
			compare "$want" "$tmp/$k.1" "$k"
		fi
	done
	case $(head -n 1 "$t") in
	'# '?*) ;;
	*) why="$why no-comment" ;;
	esac
	if [ "$why" ]; then
		failed=$((failed + 1))
		echo "not ok $n - $name:$why"
	else
		echo "ok $n - $name"
	fi
done
echo "1..$n"
if [ $failed -gt 0 ]; then
	echo "# $failed of $n failed"
	exit 1
fi
