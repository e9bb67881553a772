# Soft hyphens and joiners are left out; a zero-width space and a byte order mark separate words.
# shellcheck disable=SC2154 # setup has the texts
for c in 00ad 200c 200d 2060 0301 200b feff; do
	{
		doc plain "$bread" '"n":1'
		doc "$c" "${bread/minutes/min\\u$c"utes"}" '"n":0'
	} >in
	try "tamis near -q --threshold 1 --priority n in | ids"
done
