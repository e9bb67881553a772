# A text file is one document: its path is the id, its text is unchanged except for a BOM.
mkdir sub
printf 'plain\n' >sub/a.txt
printf '\357\273\277with a mark\n' >bom
printf 'one\r\ntwo\r\n\n\n' >crlf
printf '\377\376a\0\351\0\n\0' >utf16le
printf '\376\377\0a\0\351\0\n' >utf16be
printf 'no last line end \t"quoted" \\ \001' >odd
printf '\n \n' >blank
try tamis extract sub/a.txt bom crlf utf16le utf16be odd blank
# A BOM within the text is kept; standard input has no path.
printf 'a\357\273\277b' | try tamis extract -q
printf 'c\n' | try tamis extract -q sub/../sub/a.txt -
gzip -n sub/a.txt
zstd -q --rm bom
try tamis extract -q sub/a.txt.gz bom.zst
