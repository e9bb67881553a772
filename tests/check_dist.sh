#!/bin/bash
# check_dist.sh - the bundle and the Debian packages work for a plain user of bare Debian releases.
#
# usage: [CHROOTS=DIR] [RELEASES='bookworm trixie'] tests/check_dist.sh BUNDLE.tar.zst [PACKAGE.deb...]
# Unpacks the bundle in a chroot of each release and runs it from web pages to verified shards; where the packages fit, installs
# and runs them, too.  Then links a program with the libraries of the bundle here.  CHROOTS keeps the chroots for the next call.
set -eu -o pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
zst=$(readlink -f "$1")
shift
debs=()
for deb; do debs+=("$(readlink -f "$deb")"); done
name=${zst##*/}
name=${name%.tar.zst}
tmp=$(mktemp -d)
chroots=${CHROOTS:-$tmp}
trap 'rm -rf --one-file-system "$tmp"' EXIT

fail() {
	echo "dist: $*"
	exit 1
}

# The same tar in both, and nothing of the machine that made it: root's files, one time.
zstd -dcq "$zst" | cmp - <(gzip -dc "${zst%.zst}.gz") || fail 'the two archives differ'
[ "$(zstd -dcq "$zst" | tar -tv --numeric-owner --full-time | awk '{ print $2, $4, $5 }' | sort -u | wc -l)" = 1 ] ||
	fail 'files with different owners or times'

# What a plain user runs, with the programs of the bundle first in PATH.
cat >"$tmp/try" <<-'END'
	mkdir src lists
	awk -v dir=. -f readme.awk
	tamis extract -q crawl.warc | tamis chain -q norm : length --min 200 : langid --keep en -o en.jsonl
	find src -name '*.c' | sort | tamis-extract -q --files-from - -o c.jsonl
	tamis vocab -q --size 600 -o m en.jsonl c.jsonl
	for s in en c; do tamis encode -q -m m -o $s $s.jsonl; done
	printf 'tamis-plan 1\nseq 128\nphase main 20K\ngroup web 0.85\ngroup code 0.15\nsource en en in=web cap=4\nsource c c in=code cap=4\n' >plan
	tamis plan -q -o plan.lock plan
	tamis mix -q -p plan.lock -o run
	tamis check-blend run >/dev/null
	tamis verify -q run en c
	tamis cat -n 0 -m m run | grep -q '^## sample 0'
	# The data of ICU are there: a page in a charset that only they know.
	printf '<meta charset=gb18030><p>\xc4\xe3\xba\xc3' >page.html
	[ "$(tamis extract -q --all-text page.html | grep -o '你好')" ]
END

for suite in ${RELEASES:-bookworm trixie}; do
	root=$chroots/$suite
	rc=0
	"$here/chroot.sh" make "$suite" "$root" || rc=$?
	[ $rc != 77 ] || continue
	[ $rc = 0 ] || exit $rc
	user=$root/srv/user
	rm -rf "$user"
	install -d -o 65534 -g 65534 "$user"
	# A bare system has no zstd.
	cp "${zst%.zst}.gz" "$user/bundle.tar.gz"
	cp "$here/property/readme.awk" "$tmp/try" "$user"
	chmod 644 "$user"/*
	# shellcheck disable=SC2016 # for the inner shell
	"$here/chroot.sh" run "$root" bash -eu -c '
		tar -xzf bundle.tar.gz
		mv "$1" "a place"
		! type tamis >/dev/null 2>&1
		ln -s "a place/bin/tamis" link
		[ "$(./link --version)" = "$2" ]
		PATH="$PWD/a place/bin:$PATH"
		. ./try' - "$name" "$("${BIN:?}/tamis" --version)" || fail "$suite: the bundle does not run"
	cp "$user/run/run.tsv" "$tmp/run.tsv.$suite"
	echo "dist: $suite: the bundle runs"

	[ ${#debs[@]} -gt 0 ] || continue
	cp "${debs[@]}" "$root/tmp"
	# What is installed needs no path of the bundle; the libraries of another release do not fit.
	if unshare --mount chroot "$root" bash -c 'cd /tmp && { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y ./*.deb; }' \
		>"$tmp/apt.log" 2>&1; then
		rm -rf "$user"
		install -d -o 65534 -g 65534 "$user"
		cp "$here/property/readme.awk" "$tmp/try" "$user"
		chmod 644 "$user"/*
		"$here/chroot.sh" run "$root" bash -eu ./try || fail "$suite: the packages do not run"
		cmp "$user/run/run.tsv" "$tmp/run.tsv.$suite"
		chroot "$root" bash -c 'DEBIAN_FRONTEND=noninteractive apt-get -qq purge -y --auto-remove tamis libtshard0 libtshard-dev libtamis-tok0 libtamis-tok-dev' \
			>/dev/null 2>&1
		[ ! -e "$root/usr/bin/tamis" ] || fail "$suite: tamis is left after its package was removed"
		echo "dist: $suite: the packages run"
	else
		echo "dist: $suite: skipped: the packages are of another release: $(grep -m 1 Depends "$tmp/apt.log" || tail -n 1 "$tmp/apt.log")"
	fi
	rm -f "$root"/tmp/*.deb
done
first=$(find "$tmp" -name 'run.tsv.*' | sort | head -n 1)
for run in "$tmp"/run.tsv.*; do
	[ -z "$first" ] || cmp "$first" "$run" || fail 'the shards differ from one release to another'
done

# A program links with the libraries of the bundle, found by pkg-config where it was unpacked.
{ command -v pkg-config && command -v "${CC:-gcc}"; } >/dev/null || exit 0
mkdir "$tmp/moved"
tar -C "$tmp/moved" -xf "${zst%.zst}.gz"
cat >"$tmp/reader.c" <<-'END'
	#include <stdio.h>
	#include <tamis_tok.h>
	#include <tshard.h>

	int
	main(void)
	{
		unsigned char hash[16];
		char hex[33] = { 0 }, err[99];

		if (tamis_tok_open("absent", err, sizeof err) || puts(err) < 0)
			return 1;
		tshard_xxh3_128("tamis", 5, hash);
		tshard_hex(hash, sizeof hash, hex);
		return puts(hex) < 0;
	}
END
export PKG_CONFIG_PATH="$tmp/moved/$name/lib/pkgconfig"
read -ra flags <<<"$(pkg-config --cflags --libs tshard tamis_tok)"
"${CC:-gcc}" -o "$tmp/shared" "$tmp/reader.c" "${flags[@]}"
read -ra flags <<<"$(pkg-config --static --cflags --libs tshard tamis_tok)"
"${CC:-gcc}" -static -o "$tmp/static" "$tmp/reader.c" "${flags[@]}"
[ "$(LD_LIBRARY_PATH="$tmp/moved/$name/lib" "$tmp/shared")" = "$("$tmp/static")" ] || fail 'the static and the shared libraries differ'
echo 'dist: a program links with the libraries of the bundle'
