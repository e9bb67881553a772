# The report has the options and the hash of the model, without its directory.
mkdir sub
python3 "$(dirname "$0")/../fasttext_model.py" good=2,0 -- hq=1,0 cc=0,1 >sub/hq.bin
echo '{"text":"good"}' >in
tamis classify -q -m sub/hq.bin --newline glue -b 3 --save-edges e -o out in
try sed 's/"tamis":"[^"]*"/V/; s/"icu":"[^"]*","zstd":"[^"]*","zlib":"[^"]*"/ICU/' out.report.json
mv sub/hq.bin . && tamis classify -q -m hq.bin --newline glue -b 3 --report again in >out
cmp out.report.json again
