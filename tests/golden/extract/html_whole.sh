# Structures stay whole: what the judge of blocks drops or keeps does not cut them.
# page: a page of an article that holds standard input
page() {
	cat <<'HTML'
<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>The flood</title></head><body>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></nav></header>
<main><article><h1>The flood</h1>
<p>The river had risen during the night, and by morning the lower meadows were under a foot of brown water that moved slowly.</p>
<p>Margaret counted the sheep from the upstairs window, twice, and both times she arrived at a number that was three short.</p>
HTML
	cat
	cat <<'HTML'
<p>By noon the council had sent two boats, neither of which was needed, and a van full of sandbags, which were needed more.</p>
<p>The school stayed closed for a week, to the delight of most of its pupils, and the pub did better business than all winter.</p>
</article></main><footer><p>Copyright 2024 The Gazette. All rights reserved.</p></footer></body></html>
HTML
}
# text [OPTION...] FILE: the lines between the paragraphs of the article
text() {
	tamis extract -q "$@" | sed 's/.*"text":"//; s/"}$//; s/\\n/\n/g; s/\\\\/\\/g' |
		sed '1,/^Margaret/d; /^By noon/,$d'
}
# An omitted block separates the words around it.
page >blocks.html <<'HTML'
<div><span>Stir the yeast, warm water and honey.</span><div class="spacer"></div><span>Leave it for five minutes.</span></div>
<div>First sentence of the text here.<div class="ad">Advertisement</div>Second sentence of the text here.</div>
HTML
try text blocks.html
try text --engine=rules blocks.html
try text --format=markdown blocks.html
# Omitted cells and rows still take their columns.
page >cells.html <<'HTML'
<table><tr><th>City</th><th>Region</th><th>Rain</th></tr><tr><td>York</td><td></td><td>1 mm</td></tr>
<tr><td rowspan=2>Hull</td><td>East</td><td>2 mm</td></tr><tr class="ad"><td>West</td><td>Advertisement</td></tr>
<tr><td>Leeds</td><td>West</td><td>3 mm</td></tr></table>
HTML
try text --engine=rules --format=markdown cells.html
