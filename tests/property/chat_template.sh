#!/bin/bash
# chat_template.sh - chat templates render, and encode marks, what Jinja and SentencePiece do.
#
# CHAT_PYTHON: a python3 that has jinja2, and sentencepiece for the ids; default: python3.
# TAMIS_CHAT_TEMPLATES: a directory of the original templates of models, NAME.jinja; their text is compared, too.
# CONVERSATIONS: JSON lines with the field messages, which are compared, too.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
python=${CHAT_PYTHON:-python3}
"$python" -c 'import jinja2' 2>/dev/null || skip "$python has no jinja2 (pip install jinja2 sentencepiece)"
: >lists
[ -z "${CONVERSATIONS-}" ] || "$python" -c 'import json, sys
for line in open(sys.argv[1], encoding="utf-8"):
    print(json.dumps(json.loads(line)["messages"]))' "$CONVERSATIONS" >lists
"$python" "$here/chat_template.py" "$BIN/tests/chat_dump" "$BIN/tamis" lists || fail 'a template differs from Jinja'

"$python" -c 'import sentencepiece' 2>/dev/null || skip "ids: $python has no sentencepiece (pip install sentencepiece)"
corpus 5 2000 >text.jsonl
tamis vocab -q --size 600 --control-symbols '<extra_id_0>,<extra_id_1>,<extra_id_2>,<|im_start|>,<start_of_turn>,<end_of_turn>' \
	--user-symbols '<|im_end|>' -o m text.jsonl
# A conversation of two to five turns from each document.
if [ "${CONVERSATIONS-}" ]; then
	grep -v '"system"' "$CONVERSATIONS" >talks
else
	"$python" -c 'import json, sys
for n, line in enumerate(open("text.jsonl")):
    t = json.loads(line)["text"].split(" ")[:200]
    turns = 2 * (1 + n % 2)
    cut = max(1, len(t) // turns)
    print(json.dumps({"messages": [{"role": ("user", "assistant")[i % 2], "content": "x" + " ".join(t[i * cut:(i + 1) * cut])} for i in range(turns)]}))' >talks
fi
for template in extra_id chatml llama2 zephyr gemma vicuna alpaca plain; do
	"$python" "$here/chat_encode.py" "$BIN/tamis" m $template talks || fail "$template: ids or targets differ"
done
