#!/bin/bash
# deb.sh - make Debian packages of an installed tree: tamis, libtshard0, libtamis-tok0, and their -dev.
#
# usage: VERSION=1.2.3 SOURCE_DATE_EPOCH=SECONDS [MAINTAINER='NAME <ADDRESS>'] packaging/deb.sh DIR
# DIR/root is what make install wrote with PREFIX=/usr.  Writes DIR/*.deb.  Needs dpkg-deb; with dpkg-shlibdeps
# (package dpkg-dev), dependencies are as low as the symbols in use allow, without it as high as this machine's libraries.
set -eu -o pipefail
export LC_ALL=C SOURCE_DATE_EPOCH
dir=$1
version=${VERSION:?}-1
maintainer=${MAINTAINER:-tamis maintainers <maintainers@users.noreply.tamis.example>}
packaging=$(cd "$(dirname "$0")" && pwd)
arch=$(dpkg --print-architecture)

die() {
	printf 'deb: %s\n' "$1" >&2
	exit 1
}
command -v dpkg-deb >/dev/null || die 'dpkg-deb: not found: packages can be made on Debian and Ubuntu only'
cd "$dir"
lib=$(cd root && echo usr/lib/*/libtshard.so.0)
[ -f "root/$lib" ] || lib=usr/lib/libtshard.so.0
lib=${lib%/*}

# take PACKAGE PATH...: move these from root to the package
take() {
	local to=debian/$1 path
	shift
	for path; do
		mkdir -p "$to/$(dirname "$path")"
		mv "root/$path" "$to/$path"
	done
}

# depends FILE: the packages of the shared libraries of FILE, with their versions
depends() {
	if command -v dpkg-shlibdeps >/dev/null; then
		{
			printf 'Source: tamis\n'
			printf '\nPackage: %s\nArchitecture: any\n' tamis libtshard0 libtamis-tok0
		} >debian/control
		dpkg-shlibdeps -O "$1" | sed 's/^shlibs:Depends=//'
		return
	fi
	ldd "$1" | awk '$2 == "=>" { print $3 }' | while read -r path; do
		path=$(readlink -f "$path")
		dpkg-query -S "$path" "${path#/usr}" 2>/dev/null || true
	done | sed 's/: .*//' | sort -u | while read -r package; do
		# shellcheck disable=SC2016 # the braces are dpkg's
		dpkg-query -W -f '${Package} (>= ${source:Upstream-Version})\n' "$package"
	done | paste -sd , | sed 's/,/, /g'
}

# documents PACKAGE: its copyright and changelog
documents() {
	local doc=debian/$1/usr/share/doc/$1
	mkdir -p "$doc"
	cp "$packaging/copyright" "$doc/copyright"
	gzip -9nc "$changelog" >"$doc/changelog.gz"
	{
		printf 'tamis (%s) unstable; urgency=medium\n\n' "$version"
		printf '  * Version %s: see changelog.gz.\n\n' "$VERSION"
		printf ' -- %s  %s\n' "$maintainer" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")"
	} | gzip -9nc >"$doc/changelog.Debian.gz"
}

# build PACKAGE SECTION DEPENDS SUMMARY < DESCRIPTION
build() {
	local package=$1 tree=debian/$1
	documents "$package"
	[ ! -d "$tree/usr/share/man" ] || find "$tree/usr/share/man" -type f -exec gzip -9n {} +
	find "$tree" -type d -exec chmod 755 {} +
	mkdir -p "$tree/DEBIAN"
	{
		printf 'Package: %s\nSource: tamis\nVersion: %s\nArchitecture: %s\n' "$package" "$version" "$arch"
		printf 'Maintainer: %s\nInstalled-Size: %d\n' "$maintainer" "$(du -sk --apparent-size "$tree/usr" | cut -f 1)"
		[ -z "$3" ] || printf 'Depends: %s\n' "$3"
		[ "$2" != libs ] || printf 'Multi-Arch: same\n'
		printf 'Section: %s\nPriority: optional\nDescription: %s\n' "$2" "$4"
		sed 's/^/ /; s/^ $/ ./'
	} >"$tree/DEBIAN/control"
	(cd "$tree" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$tree/DEBIAN/md5sums"
	find "$tree" -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +
	dpkg-deb --root-owner-group -Zxz --build "$tree" "${package}_${version}_$arch.deb" >/dev/null
}

# The build id depends on the directory that it was built in.
sections=(--remove-section=.comment --remove-section=.note --remove-section=.note.gnu.build-id)
strip "${sections[@]}" root/usr/bin/tamis
strip "${sections[@]}" --strip-unneeded "root/$lib/libtshard.so.0" "root/$lib/libtamis_tok.so.0"
strip -D --strip-debug "root/$lib/libtshard.a" "root/$lib/libtamis_tok.a"
changelog=$PWD/changelog
mv root/usr/share/doc/tamis/CHANGELOG.md "$changelog"
rm root/usr/share/doc/tamis/LICENSE # the copyright file names it
mkdir -p root/usr/share/zsh/vendor-completions
mv root/usr/share/zsh/site-functions/_tamis root/usr/share/zsh/vendor-completions
rmdir root/usr/share/zsh/site-functions

# take_library NAME PACKAGE: its files to PACKAGE0 and PACKAGE-dev
take_library() {
	take "${2}0" "$lib/lib$1.so.0"
	take "$2-dev" "$lib/lib$1.a" "$lib/lib$1.so" "$lib/pkgconfig/$1.pc" "usr/include/$1.h" "usr/share/man/man3/$1.3"
	chmod 644 "debian/${2}0/$lib/lib$1.so.0"
	mkdir -p "debian/${2}0/DEBIAN"
	echo 'activate-noawait ldconfig' >"debian/${2}0/DEBIAN/triggers"
	echo "lib$1 0 ${2}0 (>= $VERSION)" >"debian/${2}0/DEBIAN/shlibs"
}
take_library tshard libtshard
take_library tamis_tok libtamis-tok
find root -type d -empty -delete
mv root debian/tamis
mkdir -p debian/tamis/DEBIAN

build tamis utils "$(depends debian/tamis/usr/bin/tamis)" 'raw text to token shards for language models' <<-'END'
	Unix filters that turn web archives, pages, books and source code into
	documents, drop the unwanted ones, and write token shards in the format of
	Megatron, with checksums and the provenance of every token.
END
build libtshard0 libs "$(depends "debian/libtshard0/$lib/libtshard.so.0")" 'library that reads token shards of tamis' <<-'END'
	Reads samples, documents and segments, and verifies checksums.
END
build libtshard-dev libdevel "libtshard0 (= $version), libxxhash-dev" 'development files of libtshard' <<-'END'
	The header, the static library, the pkg-config file and tshard(3).
END
build libtamis-tok0 libs "$(depends "debian/libtamis-tok0/$lib/libtamis_tok.so.0")" 'library that encodes text by SentencePiece models' <<-'END'
	Encodes text to the token ids of SentencePiece, by BPE and unigram models,
	and decodes them.
END
build libtamis-tok-dev libdevel "libtamis-tok0 (= $version)" 'development files of libtamis_tok' <<-'END'
	The header, the static library, the pkg-config file and tamis_tok(3).
END
rm -rf debian "$changelog"
du -h ./*.deb
