# The suffix of an output names its format: capitals and long forms are known, others refused.
echo '{"text":"a"}' >in
for f in a.zstd a.ZST; do
	try tamis length -q -o $f in
	try "zstd -dcq <$f"
done
for f in a.gzip a.GZ; do
	try tamis length -q -o $f in
	try "gzip -dc <$f"
done
for f in parquet arrow bz2 xz lz4 zip br tar Parquet; do try tamis length -q -o a.$f in; done
try tamis length -q -z -o a.bz2 in
try tamis length -q -r a.xz in
try tamis length -q -o a.jsonl in
try ls
