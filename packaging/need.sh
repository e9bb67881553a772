#!/bin/bash
# need.sh - look for programs and libraries, and install the Debian packages of the missing ones.
#
# usage: CXX=g++ need.sh LOG NEED:PACKAGE[,PACKAGE...]...
# NEED is a program, a library (NAME.pc, as pkg-config knows it), a file (a path that may hold *), or
# a C++ header (NAME.h), which is missing only if it exists and includes a file that does not.
# Missing packages are installed with apt-get by root, or with sudo where it asks for no password.
# Where that is impossible, the message names what is missing, and nothing else.
set -u
log=$1
shift

# there NEED: whether it is on this machine
there() {
	case $1 in
	*/*) compgen -G "$1" ;;
	*.pc) pkg-config --exists "${1%.pc}" ;;
	*.h) ! command -v "${CXX:-g++}" ||
		printf '#if __has_include(<%s>)\n#include <%s>\n#endif\n' "$1" "$1" | "${CXX:-g++}" -std=c++17 -E -x c++ - ;;
	*) command -v "$1" ;;
	esac >/dev/null 2>&1
}

# look NEED:PACKAGES...: set missing and packages to what is not on this machine
look() {
	local need unknown=
	missing='' packages=''
	for need; do
		there "${need%%:*}" && continue
		packages+=" ${need#*:}"
		# Without pkg-config no library can be found, so none is known to be missing.
		if [[ $need == *.pc:* ]] && ! there pkg-config; then
			unknown+=" ${need%%.pc:*}"
		elif [[ $need == *.h:* ]]; then
			missing+=" files that ${need%%:*} includes"
		else
			missing+=" ${need%%:*}"
		fi
	done
	packages=$(awk -v RS='[, \n]' 'NF && !seen[$0]++ { printf "%s%s", n++ ? " " : "", $0 }' <<<"$packages")
	missing=${missing//.pc/}${unknown:+ (pkg-config must look for$unknown)}
}

# fail PROBLEM: with the packages, by their names in Debian
fail() {
	printf 'tamis: %s:%s: install these packages of Debian or Ubuntu as root, or their equivalents: %s\n' "$1" "$missing" "$packages" >&2
	exit 1
}

look "$@"
[ -n "$packages" ] || exit 0
root=
[ "$(id -u)" = 0 ] || root='sudo -n'
{ command -v apt-get >/dev/null && $root true 2>/dev/null; } || fail missing
get="$root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300"
# What a header includes is known only once its package is installed, so there is a second round.
for _ in 1 2; do
	echo "installing: $packages"
	# shellcheck disable=SC2086 # words
	$get install -y --no-install-recommends $packages >"$log" 2>&1 ||
		{ $get update && $get install -y --no-install-recommends $packages; } >>"$log" 2>&1 || {
		tail -5 "$log" >&2
		fail 'cannot install'
	}
	look "$@"
	[ -n "$packages" ] || exit 0
done
fail 'installed, but not found'
