#!/bin/bash
# dist.sh - make a relocatable bundle of an installed tree and the libraries it needs.
#
# usage: SOURCE_DATE_EPOCH=SECONDS dist.sh ROOT NAME OUT
# ROOT/NAME is what make install wrote, with bin/tamis linked to search ../lib/tamis.  Adds the
# libraries, their licences and BUNDLE.txt, then writes OUT/NAME.tar.zst and OUT/NAME.tar.gz.  The same
# tree, libraries and time give the same bytes.
set -eu -o pipefail
export LC_ALL=C
root=$1 name=$2 out=$3
dir=$root/$name
lib=$dir/lib/tamis
licenses=$dir/share/doc/tamis/licenses
common=/usr/share/common-licenses

die() {
	printf 'dist: %s\n' "$1" >&2
	exit 1
}

command -v dpkg-query >/dev/null || die 'dpkg-query: not found: the licences of the libraries come from Debian packages'
mkdir -p "$lib" "$licenses"

# What every Linux has, and what must fit its kernel and its name services.
own='^(linux-vdso|ld-linux.*|libc|libm|libpthread|libdl|librt|libresolv)\.so'

# libraries FILE: "SONAME PATH" of all that it loads
libraries() {
	ldd "$1" | awk -v own="$own" '$2 == "=>" && $1 !~ own { print $1, $3 }' | sort
}

# package_of PATH: as dpkg knows it, which may be from before /lib became /usr/lib
package_of() {
	local path
	path=$(readlink -f "$1")
	{ dpkg-query -S "$path" "${path#/usr}" 2>/dev/null || true; } | sed -n '1s/: .*//p' | grep . ||
		die "$1: belongs to no Debian package, so its licence is unknown"
}

# The name of the package's copyright file may be that of another one, which dpkg knows.
copy_licence() {
	local package=${1%%:*} text
	text=/usr/share/doc/$package/copyright
	[ -f "$text" ] || die "$text: missing: the licence of $package must be in the bundle"
	install -m 644 "$text" "$licenses/$package.txt"
	{ grep -o "$common/[A-Za-z0-9.-]*[A-Za-z0-9]" "$text" || true; } | sort -u | while read -r file; do
		[ ! -f "$file" ] || install -m 644 "$file" "$licenses/${file##*/}.txt"
	done
}

# The build id depends on the directory that it was built in.
strip --remove-section=.note.gnu.build-id "$dir/bin/tamis"
for library in libtshard libtamis_tok; do
	strip --remove-section=.note.gnu.build-id --strip-unneeded "$dir/lib/$library.so.0"
	strip -D --strip-debug "$dir/lib/$library.a"
	[ -z "$(libraries "$dir/lib/$library.so.0")" ] || die "$library.so: needs more than libc and libm"
done

{
	printf 'The licences of the libraries in lib/tamis are in share/doc/tamis/licenses.\n\n'
	printf '%-30s %-26s %-30s %s\n' library package version source
	libraries "$dir/bin/tamis" >"$root/libraries"
	while read -r soname path; do
		[ -f "$path" ] || die "$soname: not found"
		install -m 644 "$path" "$lib/$soname"
		strip --strip-unneeded "$lib/$soname"
		package=$(package_of "$path")
		copy_licence "$package"
		# shellcheck disable=SC2016 # the braces are dpkg's
		dpkg-query -W -f '${Package} ${Version} ${source:Package}_${source:Version}\n' "$package" |
			xargs printf '%-30s %-26s %-30s %s\n' "$soname"
	done <"$root/libraries"
	objdump -T "$dir/bin/tamis" "$dir/lib"/*.so.0 "$lib"/* |
		sed -n 's/.*[ (]GLIBC_\(2\.[0-9.]*\).*/\1/p' | sort -Vu | tail -n 1 |
		sed 's/.*/\nThe bundle needs glibc & or newer./'
} >"$dir/share/doc/tamis/BUNDLE.txt"

cp README.md LICENSE "$dir"
mkdir -p "$out"
tar -C "$root" --format=gnu --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
	--mode=u+rw,go-w,a+rX -cf "$root/bundle.tar" "$name"
zstd -q -f -19 -T0 "$root/bundle.tar" -o "$out/$name.tar.zst"
gzip -9n <"$root/bundle.tar" >"$out/$name.tar.gz.tmp"
mv "$out/$name.tar.gz.tmp" "$out/$name.tar.gz"
rm "$root/bundle.tar"
tail -n 1 "$dir/share/doc/tamis/BUNDLE.txt"
du -h "$out/$name.tar.zst" "$out/$name.tar.gz"
