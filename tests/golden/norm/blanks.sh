# White space of any width becomes a space; runs of it stay, at ends of lines it goes.
cat >in <<'EOF'
{"text":"a\u00a0b\u1680c\u2000d\u200ae\u202ff\u205fg\u3000h"}
{"text":"a  b\t\tc"}
{"text":"a \u00a0\nb\u3000"}
{"text":"zero\u200bwidth\u200cjoin\u200der"}
EOF
try tamis norm in
