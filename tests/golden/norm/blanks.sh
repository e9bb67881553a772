# Unicode spaces become U+0020; runs are kept inside lines and removed at their ends.
cat >in <<'EOF'
{"text":"a\u00a0b\u1680c\u2000d\u200ae\u202ff\u205fg\u3000h"}
{"text":"a  b\t\tc"}
{"text":"a \u00a0\nb\u3000"}
{"text":"zero\u200bwidth\u200cjoin\u200der"}
EOF
try tamis norm in
