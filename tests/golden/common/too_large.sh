# A limit on the size of files is a failure of the system: exit 4, and no file.
awk 'BEGIN { for (i = 0; i < 4000; i++) printf "{\"text\":\"%d\"}\n", i * i * 7 }' >in
for f in out out.zst out.gz; do
	try "trap '' XFSZ; ulimit -f 4; tamis length -q -o $f in"
done
try ls
head -n 400 in >part
tamis vocab -q --size 271 -o m part
try "trap '' XFSZ; ulimit -f 4; tamis encode -q -m m -o en in 2>&1 | sed 's/bin\..*[.]tmp/bin.tmp/'"
