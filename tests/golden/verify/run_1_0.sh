# A run whose run.tsv has format 1.0 still verifies and reads.
docs en 1 40 | tamis encode -q -m m -o en
printf 'tamis-plan 1\nseq 16\nseed 7\nshard 20\nphase p 800\ngroup g 1\nsource en en in=g\n' >p
tamis mix -q -p p -o run
tamis info --json run >facts
# to_1_0 DIR: rewrite run.tsv.  1.0 has no first line, and SHA-256 of sidecars for digests.
to_1_0() {
	sed -e 1d -e '$d' "$1/run.tsv" | while IFS= read -r line; do
		printf '%s\t' "${line%	*}"
		sha256sum <"$1/shard-$(printf %05d "${line%%	*}").sdx" | cut -c 1-64
	done >tsv
	printf 'sha256\t%s\n' "$(sha256sum <tsv | cut -c 1-64)" >>tsv
	mv tsv "$1/run.tsv"
}
to_1_0 run
try "cut -f 1-6 run/run.tsv | sed 's/[0-9a-f]\{64\}/HASH/'"
try tamis verify -q run
try tamis verify -q --quick run
try 'tamis info --json run | cmp - facts'
try 'tamis cat -n 45 run | head -n 2'
try tamis check-blend -q run
# close: end tsv with its hash and make it run.tsv
close() {
	printf 'sha256\t%s\n' "$(sha256sum <tsv | cut -c 1-64)" >>tsv
	mv tsv run/run.tsv
}
# A hash that is not the sidecar's: quick does not read whole sidecars.
cp run/run.tsv good
{ head -n 2 good && sed -n '3s/[0-9a-f]\{6\}$/000000/p' good; } >tsv
close
try "tamis verify -q run | sed 's/byte [0-9]*/byte N/'"
try tamis verify -q --quick run
try 'tamis cat -n 45 run | head -n 2'
# A format of the future is refused.
{ echo 'tamis-run 1.2' && head -n 3 good; } >tsv
close
try tamis verify -q run
try tamis info run
