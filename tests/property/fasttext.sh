#!/bin/bash
# fasttext.sh - classify says what fastText itself says, of models that it trains here.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
command -v fasttext >/dev/null || skip 'no fasttext here (apt install fasttext)'
python3 "$here/fasttext.py"
