# All counts must have the same settings, which vocab-train takes from them.
echo '{"text":"the mill and the sieve","lang":"en"}' >in
tamis vocab-count -q -o plain in
tamis vocab-count -q -o lines --newlines in
tamis vocab-count -q -o weight --weight lang:en=2 in
tamis vocab-count -q -o user --user-symbols '<a>,b' in
tamis vocab-count -q -o control --control-symbols '<a>' in
tamis vocab-count -q -o special --special-ids bos=none in
for f in lines weight user control special; do
	try tamis vocab-train -o m --size 280 plain $f
done
try tamis vocab-train -o m --size 280 user plain
# Ids may change, but not which of the special pieces exist.
try tamis vocab-train -q -o m --size 278 --special-ids pad=9 plain
tamis vocab -q -o n --size 278 --special-ids pad=9 in
cmp m n
try tamis vocab-train -q -o m --size 278 --special-ids pad=none plain
try tamis vocab-train -q -o m --size 278 --special-ids eos=5 special
try tamis vocab-train -q -o m --size 278 --required-chars b user
