# --segments adds words and sentences, with and without rules, of the edited text.
cat >in <<'EOF'
{"id":"ascii","text":"Don't stop: 3.14 or 3,5... See http://example.org/a_b (now)! And Mr. Smith?"}
{"id":"marks","text":"e\u0301te\u0301 caf\u00e9 \u201cquoted\u201d \u2014 it\u2019s 1\u202f000\u00a0km"}
{"id":"cjk","text":"\u6f22\u5b57\u304b\u306a\u30ab\u30ca3\u6708\u3002\u3042\u3002"}
{"id":"thai","text":"\u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22 \u0e01\u0e34\u0e19\u0e02\u0e49\u0e32\u0e27"}
{"id":"korean","text":"\ud30c\uc774\uc36c3\uc740 \uc88b\ub2e4. Python\uc740 \uc88b\ub2e4."}
{"id":"emoji","text":"\ud83d\udc4d\ud83d\udc4d \ud83d\udc69\u200d\ud83d\udcbb \ud83c\udde9\ud83c\uddea\ud83c\uddeb\ud83c\uddf7"}
{"id":"lines","text":"one\r\ntwo\u2028three\n\n\nfour. five"}
{"id":"empty","text":""}
EOF
try tamis quality --segments in
cat >edit <<'EOF'
{"text":"A line of text [1].\nfew\n  Another line is here.  "}
EOF
try tamis quality --segments -R c4 --set c4.min_sentences=2 edit
