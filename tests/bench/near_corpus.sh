#!/bin/bash
# near_corpus.sh - make a corpus with natural near duplicates from documentation of Debian.
#
# usage: near_corpus.sh OUTPUT [PACKAGE...]
#
# BIN: directory of tamis.  TMPDIR: directory for packages and their files, about 6 GB.
#
# apt-get downloads each package and nothing is installed; a package that is not available is
# skipped.  OUTPUT holds JSON lines with fields id, source and text: source is the package, text
# is the main content of a web page, a text file, or a manual page without its macros.  The
# default packages hold near duplicates of several kinds: versions of one manual, translations
# that are partly English, regional variants of one language, and generated references.
set -eu
bin=${BIN:-build}
if [ $# = 0 ]; then
	sed -n 's/^# usage/usage/p' "$0" >&2
	exit 2
fi
output=$1
shift
if [ $# = 0 ]; then
	set -- \
		manpages{,-dev,-{de,es,fr,ja,ru}{,-dev},-{cs,da,hu,it,nl,pl,pt-br,ro,sv,tr,uk}} \
		libreoffice-help-{en-us,en-gb,de,fr,pt,pt-br,ru} debian-reference-{en,de,es,fr,it,ja,zh-cn} \
		developers-reference{,-de,-fr} maint-guide{,-de,-fr} installation-guide-{amd64,i386} \
		linux-doc-6.{1,12} llvm-{14,15,16,19}-doc libboost1.{74,81}-doc libstdc++-{11,12}-doc \
		rust-doc rust-web-doc openjdk-17-doc python3.11-doc cppreference-doc-en-html perl-doc \
		postgresql-doc-15 sqlite3-doc debian-policy apache2-doc nodejs-doc git-doc octave-doc \
		qtbase5-doc-html
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# roff: drop the macros of a manual page, keep their arguments
roff() {
	sed -E \
		-e "/^['.] *\\\\[\"{}]/d" \
		-e "/^['.] *(de1?|ig)( |\$)/,/^\\.\\.\$/d" \
		-e "/^['.] *(TH|Dd|Dt|Os|ft|nr|ds|if|ie|el|in|ta|tr|nh|hy|ad|ss|als|mso|so|do)( |\$)/d" \
		-e "/^['.] *(PD|PP|P|LP|Pp|nf|fi|EX|EE|RS|RE|ne|TS|TE|sp|br|ce|ll|URL|MTO)( |\$)/d" \
		-e "s/^['.] *[A-Za-z]{1,3}( +|\$)//" \
		-e 's/\\f(\[[^]]*\]|\([A-Z]{2}|.)//g' -e 's/\\s[-+]?[0-9]//g' \
		-e 's/\\(-|\[hy\]|\(hy)/-/g' -e "s/\\\\[[(]?([aoc]q)\\]?/'/g" \
		-e 's/\\\*?(\([^ ]{2}|\[[^]]*\])//g' -e 's/\\[&|^%/,:]//g' -e 's/\\e/\\/g' -e 's/\\ / /g'
}

# package NAME: append the documents of a package to $tmp/out
package() {
	mkdir "$tmp/deb" "$tmp/tree"
	if ! (cd "$tmp/deb" && apt-get -qq -o APT::Sandbox::User=root download "$1" 2>/dev/null); then
		echo "near_corpus: skipped: $1: not available" >&2
	else
		dpkg-deb -x "$tmp/deb"/*.deb "$tmp/tree"
		cd "$tmp/tree"
		find . -type f -path '*/man/*' -name '*.[1-9]*' | while read -r page; do
			zcat -f "$page" | roff >"$page.txt"
			rm "$page"
		done
		find usr -type f -size -4096k ! -name 'search*' ! -name '*-all.html' \
			'(' -name '*.html' -o -name '*.txt' -o -name '*.rst' -o -name '*.pod' -o -name '*.md' \
			-o -name '*.html.gz' -o -name '*.txt.gz' -o -name '*.rst.gz' -o -name '*.pod.gz' ')' |
			LC_ALL=C sort >../files
		"$tmp/tamis" extract -q -j1 --source="$1" --files-from=../files --force -o ../docs \
			--on-bad=skip
		sed -E "s|^\\{\"id\":\"|&$1/|; s/,\"(title|lang)\":\"([^\"\\\\]|\\\\.)*\"//g" ../docs >>../out
		cd "$OLDPWD"
	fi
	rm -rf "$tmp/deb" "$tmp/tree"
}

ln -s "$(realpath "$bin/tamis")" "$tmp/tamis"
: >"$tmp/out"
for name; do
	package "$name"
done
mv "$tmp/out" "$output"
echo "$(wc -l <"$output") documents, $(wc -c <"$output") bytes in $output"
