#!/bin/bash
# libraries.sh - C and C++ programs build with the installed libraries, which export their API alone and never print.
#
# usage: BIN=DIR tests/property/libraries.sh
# Installs the build to a directory.  Builds use_tamis_tok.c and the examples of the man pages, with the shared and the
# static libraries, and runs them.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
san=${TAMIS_TEST_SAN:+-fsanitize=$TAMIS_TEST_SAN}
root=$PWD/root
export PKG_CONFIG_PATH="$root/lib/pkgconfig" LD_LIBRARY_PATH="$root/lib"

# make_target TARGET: run a target of the Makefile on this build, with the prefix root
make_target() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$here/../.." "$1" B="$BIN" SAN="${TAMIS_TEST_SAN-}" DESTDIR= \
		PREFIX="$root" BINDIR="$root/bin" LIBDIR="$root/lib" INCDIR="$root/include" MANDIR="$root/share/man" \
		DOCDIR="$root/share/doc" SHAREDIR="$root/share" >make.log 2>&1 && return
	cat make.log
	fail "make $1 fails"
	exit 1
}

# build LIBRARY LANGUAGE LINKAGE SOURCE: link SOURCE to a program called program
build() {
	local compiler flags=()
	if [ "$2" = c ]; then
		read -ra compiler <<<"${CC:-gcc} -std=c11"
	else
		read -ra compiler <<<"${CXX:-g++} -std=c++11 -x c++"
	fi
	compiler+=(-Wall -Wextra -Wpedantic -Werror -D_POSIX_C_SOURCE=200809L -g -pthread)
	rm -f program
	if [ "$3" = shared ]; then
		read -ra flags <<<"$(pkg-config --cflags --libs "$1")"
	elif [ -z "$san" ]; then
		read -ra flags <<<"-static $(pkg-config --static --cflags --libs "$1")"
	else
		# The library of a sanitizer is shared.
		read -ra flags <<<"$san $(pkg-config --static --cflags --libs "$1" | sed "s,-l$1,-l:lib$1.a,")"
	fi
	[ "$3" = static ] || flags+=(${san:+"$san"})
	"${compiler[@]}" -o program "$4" -x none "${flags[@]}" || fail "$1: $3 $2: ${4##*/} does not build"
}

# examples PAGE: write the programs of a man page to PAGE-1.c, PAGE-2.c...
examples() {
	awk -v page="$1" '
	/^\.Ed/ { inside = 0 }
	inside { gsub(/\\e/, "\\"); print >file }
	/^\.Bd -literal/ { inside = 1; file = page "-" ++n ".c" }' "$here/../../man/$1.3"
}

make_target install-files

# Names that print or end the process.
forbidden='(_*v?f?printf(_chk)?|f?puts|putchar|putc|fputc|perror|psignal|stdout|stderr|_*exit|_Exit|abort|__assert_fail|raise|kill|signal|sigaction)'
for library in tshard tamis_tok; do
	so=$root/lib/lib$library.so.0
	nm -D --defined-only "$so" | awk '{ print $3 }' | grep -v '^_' >exported || true
	grep -qx "${library}_open" exported || fail "lib$library.so.0 lacks ${library}_open"
	! grep -v "^${library}_" exported || fail "lib$library.so.0 exports other names"
	# A sanitizer ends the process.
	[ "$san" ] || nm -D -u "$so" | sed -nE 's/^ +U ([^@]*).*/\1/p' >needed
	[ "$san" ] || ! grep -xE "$forbidden" needed || fail "lib$library.so.0 can print or end the process"
done
nm -g --defined-only "$root/lib/libtamis_tok.a" | awk 'NF == 3 && $3 !~ /^(tamis_tok_|_|\.)/ { print $3; bad = 1 } END { exit bad }' ||
	fail 'libtamis_tok.a: a name can clash with one of a program'

printf '{"text":"a b ab abba a b ab"}\n{"text":"b a b a b a"}\n' >documents
python3 "$here/../golden/sp_model.py" >model
# The same as a model of type WORD.
sed 's/\x12\x05\x18\x02/\x12\x05\x18\x03/' model >words
echo junk >junk
tamis encode -q -m model -o shard documents
examples tshard
examples tamis_tok

for language in c c++; do
	for linkage in shared static; do
		build tamis_tok $language $linkage "$here/use_tamis_tok.c"
		./program model words junk >out 2>messages || fail "tamis_tok: $linkage $language: exit code $?"
		[ "$(cat out)" = 'encodes and decodes' ] || fail "tamis_tok: $linkage $language: $(cat out)"
		[ ! -s messages ] || fail "libtamis_tok printed: $(cat messages)"

		build tamis_tok $language $linkage tamis_tok-1.c
		printf 'abba b' | ./program model >out || fail "tamis_tok(3): $linkage $language: exit code $?"
		[ "$(xargs <out)" = '6 5 4 3 5' ] || fail "tamis_tok(3): $linkage $language: $(cat out)"

		build tshard $language $linkage tshard-1.c
		./program shard >out || fail "tshard(3): $linkage $language: exit code $?"
		[ "$(wc -l <out)" = 16 ] || fail "tshard(3): $linkage $language: $(cat out)"
	done
done
build tshard c shared tshard-2.c

# The second of two ranks gets samples 8 to 11 and 16 to 19 after 4; the rest is smaller than a batch of both.
printf 'tamis-plan 1\nseq 4\nshard 10\nphase p 88\ngroup g 1\nsource s shard in=g\n' >plan
tamis mix -q -p plan -o run
tamis cat --all run | awk '/^## sample/ { n = $3 + 0; first = 1 } !/^#/ && first { print n, $1; first = 0 }' >tokens
for language in c c++; do
	for linkage in shared static; do
		build tshard $language $linkage tshard-3.c
		./program run 4 2 1 >out || fail "tshard(3): $linkage $language: the feed: exit code $?"
		awk '$1 >= 8 && $1 < 12 || $1 >= 16 && $1 < 20' tokens | cmp - out ||
			fail "tshard(3): $linkage $language: the feed: $(cat out)"
	done
done
! ./program run 23 2 1 2>messages || fail 'tshard(3): a sample that the run lacks is read'
grep -q 'run: sample 23: must be at most 22' messages || fail "tshard(3): $(cat messages)"

make_target uninstall
find root ! -type d >left
[ ! -s left ] || fail "make uninstall leaves $(xargs <left)"
