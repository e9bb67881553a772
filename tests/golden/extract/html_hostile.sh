# Pages that break careless parsers: deep, unclosed, with NULs, truncated.
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "<div>"; print "<p>at the bottom" }' >deep.html
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "<b><i>"; print "mixed" }' >inline.html
awk 'BEGIN { for (i = 0; i < 30000; i++) printf "<table><tr><td>"; print "cell" }' >tables.html
awk 'BEGIN { printf "<p "; for (i = 0; i < 50000; i++) printf "a%d=\"v\" ", i; print ">attributes" }' >attributes.html
printf '<p>a\0b\0</p><\0p>c' >nul.html
printf '<p>open <!-- never closed' >comment.html
printf '<p>open <script>never closed' >script.html
printf '<p>less < than & more &#x41' >entities.html
printf '<p>first</p></p></body></html><p>after</div></table>' >order.html
printf '<' >one.html
try tamis extract deep.html inline.html tables.html attributes.html nul.html script.html \
	entities.html order.html one.html
# Deep pages need little stack.
# shellcheck disable=SC3045
try 'ulimit -s 1024 && tamis extract -q deep.html inline.html'
# A page with more errors than any real one is parsed up to a point; the rest loses its tags, and no text comes twice.
awk 'BEGIN { printf "<p>before</p>"; for (i = 0; i < 30000; i++) printf "<b>"; for (i = 0; i < 30000; i++) printf "</i>"; print "<p>after</p>" }' >stray.html
awk 'BEGIN { printf "<p>before</p>"; for (i = 0; i < 30000; i++) printf "<x-%d>w%d </x-%d>", i, i, i; print "<p>after</p>" }' >unknown.html
awk 'BEGIN { printf "<p>before</p>"; for (i = 0; i < 100000; i++) printf "&"; print "<p>after</p>" }' >ampersands.html
try tamis extract -q -a stray.html
try "tamis extract -q -a unknown.html | grep -o 'before\|w29999\|after'"
try "tamis extract -q -a ampersands.html | tr -d -c '&' | wc -c"
