#!/bin/bash
# kill.sh - killed at any moment, nothing half done has the final name; a new run is whole.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${BIN:?set BIN to the folder of tamis}"
export PATH="$BIN:$PATH" LC_ALL=C
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
awk -v seed=5 -v docs=4000 -f "$here/corpus.awk" >in.jsonl
echo '{"text":"old"}' >old
tamis norm -q -o want in.jsonl
tamis norm -q -o want.zst in.jsonl
failed=0

# whole FILE WANT: FILE is old or, since the kill may come too late, WANT
whole() {
	cmp -s "$1" old || cmp -s "$1" "$2" || {
		echo "kill: $1 is neither the old file nor the new one"
		failed=1
	}
}

# In the middle of writing, for sure: the input does not end.
for signal in KILL TERM INT PIPE; do
	for out in out out.zst; do
		rm -f out out.zst
		mkfifo input
		tamis norm -q -o $out input &
		pid=$!
		exec 9>input
		cat in.jsonl >&9
		kill -$signal $pid
		exec 9>&-
		rc=0
		wait $pid 2>/dev/null || rc=$?
		# A signal that was ignored before us stays ignored: then the run is whole.
		if [ $rc -ne 0 ] && [ -e $out ]; then
			echo "kill: $out is there after a kill -$signal in the middle of writing"
			failed=1
		fi
		# What can be caught leaves no temporary either.
		if [ $signal = TERM ] && ls ./*.tmp >/dev/null 2>&1; then
			echo "kill: a temporary is left after a kill -TERM"
			failed=1
		fi
		rm -f input ./*.tmp
	done
done

# At any moment: the old file stays until the new one is whole.
for i in $(seq 1 30); do
	for out in out out.zst; do
		cp old $out
		rm -f $out.report.json
		tamis norm -q -j 2 -r rejects -o $out in.jsonl &
		pid=$!
		sleep "0.$(printf '%03d' $((i * 5)))"
		kill -KILL $pid 2>/dev/null || true
		wait $pid 2>/dev/null || true
		whole $out want${out#out}
	done
done

# What is left over does not disturb the next run.
for out in out out.zst; do
	tamis norm -q -o $out in.jsonl
	cmp $out want${out#out}
	cmp $out.report.json want${out#out}.report.json
done

# exact --rank on a pipe keeps a copy in --tmp: a run that ends well takes it away.
mkdir spool
tamis exact -q --rank q --tmp spool <in.jsonl >ranked
rmdir spool
exit $failed
