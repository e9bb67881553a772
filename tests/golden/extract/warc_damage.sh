# Damage in a member costs its own record; repair-skip keeps what precedes the damage.
for i in 1 2 3 4; do
	{
		echo "text $i has some words of its own: $((i * 7919))"
		seq "$((i * 100))" "$((i * 100 + 60))"
	} | crawled conversion "$i" text/plain | gzip -n >"$i.gz"
done
size=$(wc -c <3.gz)
# damaged OFFSET: the file with four bytes of the third member changed
damaged() {
	{
		cat 1.gz 2.gz
		head -c "$1" 3.gz
		printf '\377\377\377\377'
		tail -c +$(($1 + 5)) 3.gz
		cat 4.gz
	} >a.warc.gz
}
for at in 0 10 18 240 $((size - 8)); do
	damaged "$at"
	note "byte $at"
	try 'tamis extract -q a.warc.gz | cut -c 1-40 | grep -c text'
	try 'tamis extract --on-bad=skip a.warc.gz | cut -c 1-60'
	try 'tamis extract --on-bad=repair-skip a.warc.gz | cut -c 1-100'
done
head -c $((size - 20)) 3.gz | cat 1.gz 2.gz - >cut.warc.gz
try 'tamis extract --on-bad=skip cut.warc.gz | cut -c 1-60'
try 'tamis extract --on-bad=repair-skip cut.warc.gz | cut -c 1-100'
# Long records that are not documents are skipped, and found to be cut; so are short ones.
video() { http '200 OK' 'Content-Type: video/mp4' | cat - zeros | crawled response video application/http; }
head -c 1500000 /dev/zero >zeros
{
	echo before | crawled conversion before text/plain
	video
	crawled request long application/http <zeros
	echo after | crawled conversion after text/plain
	http '404 Not Found' 'Content-Type: text/html' <zeros | crawled response missing application/http
	http '200 OK' 'Content-Type: text/html' <zeros | crawled response nul application/http
	echo last | crawled conversion last text/plain
} >a.warc
try 'tamis extract a.warc | cut -c 1-40'
gzip -nc a.warc | try 'tamis extract | cut -c 1-40'
{
	echo before | crawled conversion before text/plain
	video
} | head -c -1000 >cut.warc
try tamis extract -q cut.warc
try 'tamis extract --on-bad=skip cut.warc | cut -c 1-40'
try 'tamis extract --on-bad=repair cut.warc | cut -c 1-40'
# A long record of a wrong length that precedes the damage is a bad document of its own.
{
	echo short | crawled warcinfo wrong text/plain |
		sed "s/^Content-Length: .*/Content-Length: 2000000$(printf '\r')/" | gzip -n
	cat 1.gz
	head -c 240 3.gz
	printf '\377\377\377\377'
	tail -c +245 3.gz
	cat 4.gz
} >wrong.warc.gz
try 'tamis extract --on-bad=skip -r rejects wrong.warc.gz | cut -c 1-60'
try cat rejects
