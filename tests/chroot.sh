#!/bin/bash
# chroot.sh - make a bare Debian with debootstrap, and run commands in it as a plain user.
#
# usage: tests/chroot.sh make SUITE DIR [PACKAGE...]
#        tests/chroot.sh run DIR COMMAND [ARGUMENT...]
# make writes DIR, unless an earlier call has.  It exits with 77, and prints why, where this is impossible.  DEBIAN_MIRROR is
# the archive to use if it is not debootstrap's own.
# run has /proc, the home directory /srv/user, and only the rights of user 65534.
set -eu -o pipefail

skip() {
	echo "chroot: skipped: $1"
	exit 77
}

make_it() {
	local suite=$1 dir=$2
	shift 2
	[ ! -f "$dir/.made" ] || [ "$(cat "$dir/.made")" != "$suite $*" ] || return 0
	[ "$(id -u)" = 0 ] || skip 'only root can make a chroot'
	unshare --mount true 2>/dev/null || skip 'this machine does not let root mount'
	mkdir -p "$dir"
	"$(dirname "$0")/../packaging/need.sh" "$dir.apt" debootstrap:debootstrap >/dev/null 2>&1 ||
		skip 'debootstrap is missing and cannot be installed'
	debootstrap --variant=minbase "$suite" "$dir" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >"$dir.log" 2>&1 || {
		tail -n 3 "$dir.log"
		skip "debootstrap cannot make $suite"
	}
	# Nothing in it needs to survive a crash.
	echo force-unsafe-io >"$dir/etc/dpkg/dpkg.cfg.d/unsafe-io"
	get='env DEBIAN_FRONTEND=noninteractive apt-get -qq'
	# shellcheck disable=SC2086 # words
	[ $# = 0 ] || { chroot "$dir" $get update && chroot "$dir" $get install -y --no-install-recommends "$@"; } >>"$dir.log" 2>&1 || {
		tail -n 3 "$dir.log"
		skip "apt-get cannot install $*"
	}
	install -d -o 65534 -g 65534 "$dir/srv/user"
	echo "$suite $*" >"$dir/.made"
}

case $1 in
make)
	shift
	make_it "$@"
	;;
run)
	dir=$2
	shift 2
	# The mount ends with the command.
	# shellcheck disable=SC2016 # for the inner shells
	exec unshare --mount --propagation private bash -eu -c '
		dir=$1
		shift
		mount --bind /proc "$dir/proc"
		exec chroot --userspec=65534:65534 "$dir" env -i HOME=/srv/user PATH=/usr/local/bin:/usr/bin:/bin LC_ALL=C \
			bash -eu -o pipefail -c "cd; exec \"\$@\"" - "$@"' - "$dir" "$@"
	;;
esac
