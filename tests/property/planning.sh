#!/bin/bash
# planning.sh - the commands in docs/planning-a-blend.md run and print the output shown there.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
# A stand-in for Slurm: runs the tasks of an array one after another.
mkdir "$tmp/bin" "$tmp/try"
cat >"$tmp/bin/sbatch" <<'SBATCH'
#!/bin/bash
set -eu
while :; do
	case $1 in
	--parsable) echo 1 ;;
	--array=0-3 | --mem=* | --dependency=afterok:1) ;;
	-*) exit 2 ;;
	*) break ;;
	esac
	shift
done
for SLURM_ARRAY_TASK_ID in 0 1 2 3; do
	export SLURM_ARRAY_TASK_ID
	sh "$@" >&2
done
SBATCH
chmod +x "$tmp/bin/sbatch"
export PATH="$tmp/bin:$PATH"

# A block "sh" is a script; an unmarked block after it is its output.
awk -v to="$tmp/block" '
	/^```sh$/ { file = sprintf("%s.%02d.sh", to, ++n); printf "" >file; next }
	/^```$/ && file { close(file); file = ""; next }
	/^```$/ { file = sprintf("%s.%02d.out", to, n); printf "" >file; next }
	file { print >file }
' "$here/../../docs/planning-a-blend.md"
cd "$tmp/try"
for block in "$tmp"/block.*.sh; do
	sh -eu "$block" >"$tmp/out"
	[ ! -e "${block%.sh}.out" ] || diff "${block%.sh}.out" "$tmp/out"
done
tamis verify -q shards
diff -r -x scatter run shards
