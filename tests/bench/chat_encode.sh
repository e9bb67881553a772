#!/bin/bash
# chat_encode.sh - user CPU of rendering, masking and encoding conversations, beside transformers.  Prints, never fails.
#
# usage: BIN=DIR [PEER_PYTHON=python3] chat_encode.sh MODEL CONVERSATIONS [TEMPLATE]
# CONVERSATIONS: JSON lines with the field messages.  PEER_PYTHON: a Python with transformers and sentencepiece
# (pip install transformers jinja2 sentencepiece).  MODEL must have the controls of TEMPLATE, extra_id by default.
set -u
bin=$(cd "${BIN:-build}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 2 ] || { echo 'chat_encode.sh: skipped: name a model and a file of conversations'; exit 0; }
model=$1 talks=$2 template=${3:-extra_id}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
TIMEFORMAT=%U

# report NAME BYTES SECONDS
report() {
	awk -v name="$1" -v bytes="$2" -v s="$3" 'BEGIN { printf "%-48s %9.1f MB/s\n", name, bytes / 1e6 / (s + 1e-9) }'
}

for _ in 1 2 3 4; do cat "$talks"; done >"$tmp/talks"
jq -c .messages "$tmp/talks" >"$tmp/lists"
bytes=$(stat -c %s "$tmp/talks")
seconds=$({ time "$bin/tests/chat_dump" "$template" count <"$tmp/lists" >/dev/null; } 2>&1)
report "render and mask, $template" "$bytes" "$seconds"
seconds=$({ time "$bin/tamis" encode -q -j1 --force -m "$model" --template "$template" -o "$tmp/shard" "$tmp/talks" 2>/dev/null; } 2>&1)
report "encode --template, JSON lines to shard" "$bytes" "$seconds"
[ -z "${PEER_PYTHON-}" ] || "$PEER_PYTHON" "$here/peer_chat.py" "$model" "$talks" <("$bin/tamis" chat-template --jinja "$template")
