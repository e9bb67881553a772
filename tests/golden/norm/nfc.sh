# Texts become NFC; compatibility characters and texts in NFC are kept.
cat >in <<'EOF'
{"text":"e\u0301 A\u030a o\u0308"}
{"text":"é Å ö"}
{"text":"\u1112\u1161\u11ab \ufb01 \u2126 \u00c5 \u212b"}
{"text":"q\u0307\u0323 q\u0323\u0307"}
{"text":"\u0301 alone"}
{"text":"\ud834\udd5e \u0958"}
EOF
try tamis norm in
