#!/bin/bash
# out_of_memory.sh - extract ends with exit code 4 and one message where memory ends.
set -eu
: "${BIN:?set BIN to the directory of tamis}"
export PATH="$BIN:$PATH" LC_ALL=C
case ${TAMIS_TEST_SAN-} in
*address* | *thread*)
	echo "out_of_memory: skipped: sanitizers reserve address space without bound"
	exit 0
	;;
esac
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
yes '<div class=c><p>A paragraph with a <a href=x>link</a> &amp; a few more words</p></div>' |
	head -n 40000 >page.html
failed=0 ended=0
for kib in $(seq 50000 2000 90000); do
	rc=0
	(
		ulimit -v "$kib"
		exec timeout 30 tamis extract -q -j1 page.html >out 2>err
	) || rc=$?
	case $rc in
	0) continue ;;
	127) continue ;; # the loader had no memory
	4) ended=$((ended + 1)) ;;
	*) echo "out_of_memory: $kib KiB: exit $rc" && failed=1 ;;
	esac
	[ "$(wc -l <err)" -eq 1 ] && continue
	echo "out_of_memory: $kib KiB: expected one message, found:"
	head -n 3 err
	failed=1
done
[ "$ended" -gt 0 ] || {
	echo "out_of_memory: memory never ended"
	failed=1
}
exit $failed
