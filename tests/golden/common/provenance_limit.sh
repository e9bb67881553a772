# Reports embed those of their inputs up to 64 KiB, and name others by the hash of their file.
echo '{"text":"a"}' >in
long=$(head -c 40000 /dev/zero | tr '\0' x)
tamis length -q --where "x=$long" -o a in
tamis length -q --where "y=$long" -o b in
tamis length -q -o c a b
note "by hash: $(grep -o '"report_xxh3_128"' c.report.json | wc -l)"
hash=$(grep -o '"report_xxh3_128":"[0-9a-f]*"' c.report.json | cut -d '"' -f 4)
note "size below 64 KiB: $([ "$(wc -c <c.report.json)" -lt 65536 ] && echo yes)"
python3 -c 'import xxhash' 2>/dev/null || exit 0
[ "$hash" = "$(python3 -c 'import xxhash; print(xxhash.xxh3_128_hexdigest(open("b.report.json","rb").read()))')" ]
