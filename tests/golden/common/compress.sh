# The suffix or -z selects the output compression; input formats are detected.
echo '{"text":"a"}' >in
tamis length -q -z in >a
tamis length -q -z19 in >b
tamis length -q --compress=5 -o c in
tamis length -q -o d.zst in
tamis length -q -z -o e in
tamis length -q -o f.gz in
tamis length -q -z9 -o g.gz in
for f in a b c d.zst e; do try "zstd -dcq <$f"; done
for f in f.gz g.gz; do try "gzip -dc <$f"; done
cp f.gz f.zst
try tamis length -q a b c d.zst f.zst g.gz
try 'tamis length -q <f.gz'
gzip -l f.gz >/dev/null && gzip -t f.gz && zstd -tq a b c d.zst e
# Many blocks: one frame each, one stream for any reader.
awk 'BEGIN { for (i = 0; i < 40000; i++) printf "{\"text\":\"%090d\"}\n", i }' >in
tamis length -q -o out.zst in
tamis length -q -o out.gz in
zstd -dcq out.zst | cmp - in
gzip -dc out.gz | cmp - in
tamis length -q out.zst | cmp - in
tamis length -q out.gz | cmp - in
