# Documents and files without text are dropped with a rule; empty standard input has no document.
printf '\357\273\277' >mark
echo '<html><script>x</script></html>' >script.html
echo '<p>text' >text.html
try tamis extract -r rejects mark script.html text.html
try cat rejects
try tamis extract -q --tag mark script.html
try tamis extract </dev/null
# An empty file is a document without text, whatever its name and format.
: >z.txt
: >z.html
: >z.warc
zstd -q z.txt
gzip -nc z.txt >z.gz
try tamis extract -r rejects z.txt text.html z.html z.warc z.txt.zst z.gz
try cat rejects
try tamis extract --as warc z.warc
