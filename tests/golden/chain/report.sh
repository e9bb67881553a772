# The report of a chain lists each filter's options and drops, and all rules.
cat >in <<'EOF'
{"text":"one  ","lang":"en"}
{"text":"one","lang":"en"}
{"text":"no","lang":"en"}
{"text":"no","lang":"de"}
EOF
try tamis chain norm : length --min 3 --where lang=en : exact --tag -o out --report rep -r rej in
try cat out rej
try sed 's/"tamis":"[^"]*"/V/; s/"icu":"[^"]*","zstd":"[^"]*","zlib":"[^"]*"/ICU/' rep
cmp rep out.report.json
