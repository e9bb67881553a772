#!/bin/bash
# check_debian.sh - build and test this tree in a chroot of a Debian release, with its compiler and libraries.
#
# usage: [CHROOTS=DIR] tests/check_debian.sh RELEASE [TARGET...]
# TARGET is check-unit and check-golden unless given.  Without root the build must name what is missing; then root has make
# install it, and a plain user builds and tests.  CHROOTS keeps the chroot for the next call.  A machine where no chroot can be
# made gets a line that says so.
set -eu -o pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
release=$1
shift
[ $# -gt 0 ] || set -- check-unit check-golden
tmp=$(mktemp -d)
trap 'rm -rf --one-file-system "$tmp"' EXIT
root=${CHROOTS:-$tmp}/debian-$release

fail() {
	echo "debian: $release: $*"
	exit 1
}

took() {
	echo "debian: $release: $1: $((SECONDS - since)) s"
	since=$SECONDS
}

since=$SECONDS
rc=0
"$here/chroot.sh" make "$release" "$root" make || rc=$?
[ $rc != 77 ] || exit 0
[ $rc = 0 ] || exit $rc
took debootstrap
src=$root/srv/user/tamis
mkdir -p "$src"
find "$src" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
cd "$here/.."
if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
	git ls-files -co --exclude-standard
else
	find . -path ./build -prune -o -type f -print
fi | while IFS= read -r file; do
	[ ! -e "$file" ] || printf '%s\n' "$file"
done | tar -cf - -T - | tar -xf - -C "$src"
chown -R 65534:65534 "$src"
unset MAKEFLAGS MFLAGS MAKELEVEL

if ! chroot "$root" sh -c 'command -v gcc' >/dev/null; then
	! "$here/chroot.sh" run "$root" make -C tamis >"$tmp/log" 2>&1 || fail 'builds without a compiler'
	grep -q '^tamis: missing: gcc g++ pkg-config' "$tmp/log" || {
		cat "$tmp/log"
		fail 'make does not name what is missing'
	}
fi
chroot "$root" make -C /srv/user/tamis build/.have-build build/.have-check
chown -R 65534:65534 "$src"
took packages

"$here/chroot.sh" run "$root" make -C tamis DEV=1 all build/tests/unit.run >"$tmp/log" 2>&1 || {
	grep -A 5 -E 'error|warning' "$tmp/log" || tail -n 20 "$tmp/log"
	fail 'does not build'
}
took build
"$here/chroot.sh" run "$root" make -k -C tamis DEV=1 "$@" || fail 'tests fail'
took "$*"
