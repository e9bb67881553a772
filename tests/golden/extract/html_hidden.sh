# Elements that browsers do not show are never part of the text.
cat >page.html <<'HTML'
<!doctype html><title>The flood</title><article><h1>The flood</h1>
<p>The river had risen during the night, and by morning the lower meadows were under a foot of brown water.</p>
<p style="visibility: hidden">Scripts may show this paragraph later, and it is long enough to be kept by any engine.</p>
<p style="color: red; DISPLAY : NONE !important">Nobody sees this paragraph, although it is long enough to be prose.</p>
<div popover>A button would show this popover, whose text is as long as that of other paragraphs.</div>
<p style="Visibility:collapse;">A collapsed paragraph, which is as long as others are, is not visible either.</p>
<p>Margaret counted the sheep from the upstairs window, twice, and both times three of them were not there.</p>
<p>Nobody in the village could remember a flood this early in the year, except the miller and his mother.</p></article>
HTML
try tamis extract -q --engine=rules page.html
try tamis extract -q page.html
try "sed 's/<article/& style=\"visibility:hidden\"/' page.html | tamis extract -q --as=html | cut -c 1-80"
