#!/bin/bash
# near_speed.sh - measure near: speed on the user's files, growth with the number of documents, and peers.
#
# usage: [NEAR_FILES='a.jsonl b.jsonl'] [DOCS='10000 100000 1000000'] [PEER_PYTHON=python] near_speed.sh
# Speed is MB of the files per second of user CPU time, one thread.  For the speed without AVX2, build
# tamis with make CPPFLAGS='-D"__builtin_cpu_supports(x)=0"'.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/../property/prologue.sh"

# pages N: documents of 80 words, half of them another page with four words more
pages() {
	awk -v docs="$1" 'BEGIN {
		s = 1
		for (i = 0; i < 4096; i++) {
			phrase[i] = ""
			for (w = 0; w < 4; w++) {
				s = s * 16807 % 2147483647
				phrase[i] = phrase[i] substr("badefigohujkylomnupiqaresitovu", 1 + s % 28, 3) s % 1000 " "
			}
		}
		r = 7
		for (d = 0; d < docs; d++) {
			r = r * 48271 % 2147483647
			f = r % 2 ? int(d * (r / 2147483647)) : d
			s = f * 7919 % 2147483646 + 1
			text = ""
			for (p = 0; p < 20; p++) {
				s = s * 16807 % 2147483647
				text = text phrase[int(s / 524288)]
			}
			print "{\"id\":" d ",\"text\":\"" text (f == d ? "" : phrase[d % 4096]) "\"}"
		}
	}'
}

# measure NAME FILE ARGS...
measure() {
	local name=$1 file=$2 user kib
	shift 2
	/usr/bin/time -o time -f '%U %S %e %M' tamis near -v -j1 --tmp . -o out "$@" "$file" 2>log
	read -r user _ _ kib <"time"
	awk -v name="$name" -v user="$user" -v kib="$kib" -v bytes="$(stat -c %s "$file")" -v docs="$(grep -o '[0-9]* read' log)" -v kept="$(
		grep -o '[0-9]* kept' log)" -v files="$(grep -o '[0-9.]* MB of temporary' log)" 'BEGIN {
		printf "%-28s %8.1f MB/s %7.2f s user %7.2f us a document %6d MB of memory  %s, %s, %s files\n", name, bytes / 1e6 / user, user,
		    user * 1e6 / docs, kib / 1024, docs, kept, files }'
}

for file in ${NEAR_FILES-}; do
	for bands in '14 8' '20 7' '25 5'; do
		measure "${file##*/} ${bands/ /x}" "$file" --bands "${bands% *}" --rows "${bands#* }"
	done
	[ -z "${PEER_PYTHON-}" ] || "$PEER_PYTHON" "$(dirname "$0")/near_peers.py" "$file"
done
for n in ${DOCS-10000 100000 1000000}; do
	pages "$n" >pages.jsonl
	measure "$n documents" pages.jsonl --memory 512Mi
done
