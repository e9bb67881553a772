#!/bin/bash
# out_of_memory.sh - extract ends with exit code 4 and one message where memory ends.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
case ${TAMIS_TEST_SAN-} in
*address* | *thread*) skip 'sanitizers reserve address space without bound' ;;
esac
awk 'BEGIN {
	for (i = 0; i < 40000; i++)
		print "<div class=c><p>A paragraph with a <a href=x>link</a> &amp; a few more words</p></div>"
}' >page.html
ended=0
for kib in $(seq 50000 2000 90000); do
	rc=0
	(
		ulimit -v "$kib"
		exec tamis extract -q -j1 page.html >out 2>err
	) || rc=$?
	case $rc in
	0) continue ;;
	127) continue ;; # the loader had no memory
	4) ended=$((ended + 1)) ;;
	*) fail "$kib KiB: exit $rc" ;;
	esac
	[ "$(wc -l <err)" -eq 1 ] || fail "$kib KiB: expected one message, found: $(head -n 3 err)"
done
[ "$ended" -gt 0 ] || fail 'memory never ended'
