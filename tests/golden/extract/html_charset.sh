# The charset of a page: its BOM, valid UTF-8, its declaration, --charset; else it is detected.
declared() { printf '<meta charset=%s><p>caf\351 \200' "$1"; }
declared iso-8859-1 >latin1.html
declared ISO-8859-15 >latin9.html
printf '<meta charset=koi8-r><p>\315\311\322' >koi8.html
declared nonsense >unknown.html
printf '<p>caf\351' >none.html
printf '<meta charset=koi8-r><p>caf\303\251' >utf8.html
printf '<?xml version="1.0" encoding="windows-1251"?><p>\317\360\350' >xml.html
printf '<meta http-equiv=Content-Type content="text/html; charset=shift_jis"><p>\202\240' >equiv.html
printf '\377\376<\0p\0>\0\351\0' >utf16.html
printf '<body><meta charset=koi8-r><p>late \351' >late.html
try tamis extract latin1.html latin9.html koi8.html unknown.html none.html utf8.html \
	xml.html equiv.html utf16.html late.html
printf '<p>\317\360\350\342\345\362' >russian.html
try tamis extract none.html russian.html late.html utf8.html
try tamis extract --charset windows-1251 none.html russian.html koi8.html utf8.html
try tamis extract --charset latin1 --on-bad=repair unknown.html
try tamis extract --on-bad=repair russian.html
# A few ill-formed sequences in UTF-8 are damage, not another charset.
printf '<p>caf\303\251, \303\251t\303\251, cut \303' >damaged.html
try tamis extract --charset latin1 damaged.html
