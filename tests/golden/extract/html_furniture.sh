# Furniture in the main content is dropped, and what only resembles it is kept.
cat >wiki.html <<'HTML'
<title>Sieve</title><a class="skip-link" href="#main">Skip to content</a>
<main id="main"><h1>Sieve<a class="headerlink" href="#sieve">¶</a></h1>
<p>A sieve parts the fine from the coarse,<sup class="reference"><a href="#n1">[1]</a></sup> as it
has done for some thousands of years, and nothing better has been found since.<sup
class="noprint Inline-Template">[<i><a href="/c">citation needed</a></i>]</sup></p>
<h2>Use<span class="mw-editsection">[<a href="/e">edit</a>]</span></h2>
<p>Take flour and shake it; <a href="/next">next</a> take what stays above, which is bran, and keep it
for bread<span class="sr-only"> (opens in a new window)</span>.</p>
<p>Advertisement</p>
<p>An advertisement for sieves is rare.</p>
<p>Share this:</p>
<p><a href="/1">« Previous</a> <a href="/3">Next »</a></p>
<div><p>We use cookies to count the readers of this page.</p></div>
</main>
HTML
try 'tamis extract -q wiki.html | sed "s/\\\\n/\n/g"'
# Generators of documentation add links of no width, labels for scripts, and notes that only the mouse shows.
cat >docs.html <<'HTML'
<title>Sieves</title><main><h2>Mesh<a href="#mesh" class="hash-link" title="Direct link to Mesh">&#8203;</a></h2>
<details open><summary class="hideme"><span>Expand description</span></summary><p>The mesh of a sieve has as many wires in an inch as
its number says<span class="ltx_note ltx_role_footnote"><sup class="ltx_note_mark">1</sup><span class="ltx_note_outer"><span
class="ltx_note_content"><sup class="ltx_note_mark">1</sup>Some count holes.</span></span></span>, which is the reason why larger numbers
mean finer flour.</p></details><p>Expand description, and you have a sieve for tea.</p></main>
HTML
try 'tamis extract -q docs.html | sed "s/\\\\n/\n/g"'
# A superscript may be a list of links to notes.
cat >notes.html <<'HTML'
<title>Sieves</title><main><p>Sieves are old,<sup><a href="/x#r1">1</a>,<a href="/x#r2">2</a></sup> finer ones less so,<sup>[<a
href="#r3">3</a>]</sup> and those of silk<sup><a href="#r4">4–6</a>; <a href="#r7">7</a></sup> are of 10<sup>3</sup> threads and of
x<sup>2,3</sup>, or E<sup><a href="#e">a</a>,<a href="#f">b</a></sup>, as the 1<sup>st</sup> book of the mill has it.</p></main>
HTML
try 'tamis extract -q notes.html | sed "s/\\\\n/\n/g"'
