# shellcheck shell=bash
# docs.sh - the set-up of tests on shards: t, a few documents, and m, a model of them.

# docs NAME FIRST LAST: documents NAME-FIRST to NAME-LAST
docs() {
	awk -v name="$1" -v i="$2" -v last="$3" 'BEGIN {
		for (; i <= last; i++)
			printf "{\"id\":\"%s-%d\",\"text\":\"the mill %s number %d\"}\n", name, i, name, i
	}'
}

# flip_section SDX TAG: flip a bit of the first byte of a section
flip_section() {
	local entry at byte
	entry=$(LC_ALL=C grep -aboP "$2(?=\x00)" "$1" | head -n 1)
	at=$(od -An -tu8 -j$((${entry%%:*} + 8)) -N8 "$1")
	byte=$(od -An -tu1 -j$((at)) -N1 "$1")
	# shellcheck disable=SC2059 # an octal escape
	printf "\\$(printf %03o $((byte ^ 1)))" | dd of="$1" bs=1 seek=$((at)) conv=notrunc status=none
}

docs en 1 20 >t
tamis vocab -q --size 285 -o m t
