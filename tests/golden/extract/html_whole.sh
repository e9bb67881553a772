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
# A table has its header and footer, and a table is not cut by its links.
page >table.html <<'HTML'
<table><thead><tr><th>Place</th><th>Level</th></tr></thead><tbody><tr><td>Mill</td><td>3.1 m</td></tr>
<tr><td><a href="/bridge">Bridge</a></td><td><a href="/2.8">2.8 m</a></td></tr><tr><td>Ford</td><td>-</td></tr></tbody>
<tfoot><tr><td colspan="2"><a href="/levels">All levels</a></td></tr></tfoot></table>
HTML
try text table.html
# A list has all its items, also short ones and links, and an item all its paragraphs.
page >list.html <<'HTML'
<p>The council asks for:</p>
<ul><li>Blankets and dry clothes of all sizes, in bags</li><li><a href="/boats">Boats</a></li><li>Tea</li></ul>
<ul><li><p>The bridge at the mill is closed to lorries until the piers have been inspected.</p><p>Cars may pass.</p></li></ul>
HTML
try text list.html
# A term stays with its definition.
page >terms.html <<'HTML'
<dl><dt><a href="/crest">Crest</a></dt><dd>The highest level of a flood.</dd><dt>Levee</dt>
<dd><a href="/levee">A wall of earth.</a></dd></dl>
HTML
try text terms.html
# Code stays whole, and a short piece beside the text stays.
page >code.html <<'HTML'
<pre>level = read(gauge)

print(level)</pre><p>The number is that of the gauge:</p><pre><code>1</code></pre>
HTML
try text code.html
# A quotation stays with its source, and a paragraph between others stays.
page >quote.html <<'HTML'
<blockquote>We have not seen such water since the winter of the year in which my father built the barn.<footer>Mrs Hill,
2024</footer></blockquote>
<p>Readers with room for a <a href="/room">dry bed</a> should call the office at the town hall, which is open until Sunday.</p>
HTML
try text quote.html
# The heading of a kept section stays, and a heading without text goes.
page >headings.html <<'HTML'
<h2>What is next</h2>
<p>The water is expected to fall from Thursday, if the rain stays north of the hills, as the office for weather believes it will.</p>
<h3>Related</h3><ul class="related"><li><a href="/1">The storm</a></li><li><a href="/2">How to sail</a></li></ul><h2>At noon</h2>
HTML
try text headings.html
# A title stays where its element continues with text.
cat >title.html <<'HTML'
<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Gauges - River</title></head><body><nav><a href="i.html">index</a></nav><main>
<header><h1>River</h1><p>All about it</p></header><div><h1>Gauges</h1><p>How to read a gauge.</p>
<h2>Level</h2><p>A gauge reads the level of the river every ten minutes, and it sends what it reads to the office in the town.</p>
<h2>Power</h2><p>A panel of the size of a book is enough for the whole year, because a gauge sleeps between two readings.</p>
<ul><li>in winter: two panels</li><li>in summer: one</li></ul></div></main></body></html>
HTML
try "tamis extract-explain -q title.html | sed -n 's/[01][.][0-9]* .*h1 .*: /P h1: /p'"
try "sed 's/<h1>River/<h1>River<\/h1><\/header><header><h1>Blog/' title.html | tamis extract-explain -q --as=html | sed -n 's/[01][.][0-9]* .*h1 .*: /P h1: /p'"
# A forum has a post once, not also in the answer that quotes it.
cat >forum.html <<'HTML'
<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Leaking boiler - Repair forum</title>
<meta name="generator" content="phpBB"></head><body class="forum"><div id="page-body" class="viewtopic">
<h2 class="topic-title"><a href="/t/1">Leaking boiler</a></h2>
<div class="post" id="p1"><div class="postbody"><h3><a href="#p1">Leaking boiler</a></h3><p class="author">by <a href="/u/1">anna</a> » Mon Jan 01, 2024 9:12 am</p>
<div class="content"><p>The boiler in our kitchen leaks from the valve at the bottom whenever the heating is on for more than an hour.</p><p>Is that dangerous?</p></div></div></div>
<div class="post" id="p2"><div class="postbody"><h3><a href="#p2">Re: Leaking boiler</a></h3><p class="author">by <a href="/u/2">bert</a> » Mon Jan 01, 2024 9:40 am</p>
<div class="content"><blockquote><div><cite>anna wrote:</cite>The boiler in our kitchen leaks from the valve at the bottom whenever the heating is on for more than an hour.</div></blockquote><p>That is the valve that opens when the pressure is too high, so it does what it was made for. Look at the gauge first.</p></div></div></div>
<div class="post" id="p3"><div class="postbody"><h3><a href="#p3">Re: Leaking boiler</a></h3><p class="author">by <a href="/u/1">anna</a> » Mon Jan 01, 2024 11:02 am</p>
<div class="content"><blockquote><div><cite>bert wrote:</cite><p>That is the valve that opens when the pressure is too high, so it does what it was made for. Look at the gauge first.</p></div></blockquote><p>The gauge says four, and the manual says that one and a half is right, so I shall let some water out of it tonight.</p></div></div></div>
</div></body></html>
HTML
try "tamis extract -q forum.html | sed 's/.*\"text\":\"//; s/\"}$//; s/\\\\n/\\n/g'"
try "tamis extract-explain -q forum.html | sed -n 's/[01][.][0-9]* .*for:copy.*: /P for:copy: /p'"
