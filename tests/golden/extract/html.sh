# The main content of a page by rules, one block per line; all visible text with --all-text.
cat >page.html <<'HTML'
<!DOCTYPE html>
<html><head><title> How  to
sieve </title><style>p { color: red }</style><script>var no = "<p>no";</script></head>
<body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/a">About</a></li></ul></nav>
<article>
<h1>How to sieve</h1>
<p>A sieve parts the <b>fine</b> from the coarse, as it has done for some thousands of
years, and nothing better has been found since, whatever its makers call it.</p>
<p>Take&nbsp;flour &amp; shake it; what stays above is bran, which is kept for bread,
for animals, or for a sieve of another kind.<br>Then shake it again.</p>
<ul><li>flour</li><li>bran</li></ul>
<table><tr><th>mesh</th><th>use</th></tr><tr><td>60</td><td>sugar</td></tr></table>
<pre>for i in 1 2; do
	sieve $i
done</pre>
<p hidden>never shown</p>
<p style="display:none">nor this</p>
<p>Soft&shy;ly &#8212; &lt;tag&gt; &#x1F600; &nosuchentity; done, and with it the last of
the paragraphs of this article about sieves and of what they are good for.</p>
</article>
<aside>Advertisement</aside>
<footer>All rights reserved</footer>
</body></html>
HTML
try tamis extract --engine=rules page.html
try tamis extract -q -a page.html
try 'tamis extract -q --as text page.html | cut -c 1-60'
cp page.html page
try 'tamis extract -q --engine=rules page | cut -c 1-60'
try 'tamis extract -q --all-text --as=html <page | cut -c 1-60'
