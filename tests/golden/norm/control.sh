# Control characters, BOM, soft hyphens and non-characters are removed.
cat >in <<'EOF'
{"text":"a\u0001b\u001fc\u007fd\u0080e\u009ff"}
{"text":"\ufeffa\u00adb\ufdd0c\ufdefd\ufffee\uffff"}
{"text":"\ud83f\udffe\udbff\udfffa"}
{"text":"e\u0001\u0301"}
{"text":"kept: \ufffd \u200d \ue000"}
EOF
try tamis norm in
