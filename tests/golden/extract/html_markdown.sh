# --format=markdown keeps headings, lists, tables, code, emphasis and formulas; --links and --images addresses.
# markdown FILE OPTION...: the Markdown of a page
markdown() {
	tamis extract -q -a --format=markdown "$@" | sed 's/.*"text":"//; s/"}$//; s/\\n/\n/g; s/\\"/"/g; s/\\\\/\\/g'
}
cat >page.html <<'HTML'
<h1>Pumps</h1><p>A <b>pump</b> moves <em>fluids</em>; see <code>pump(8)</code>.<br>It has <del>two</del> three parts.
<h2>Parts</h2>
<ol start=3><li>the inlet<ul><li>a <a href="valves.html">valve</a><li>a filter</ul>
<li>the rotor<p>It turns.</ol>
<ol type=a><li>oil<li>water</ol>
<blockquote><p>Never run dry.<p>Never.</blockquote><hr>
<p># 1. Not a heading, 5 * 3, snake_case, *starred* and &lt;tagged>.
HTML
try markdown page.html
cat >table.html <<'HTML'
<table><caption>Sizes</caption><tr><th>size<th>flow<tr><td>S | M<td>1 l<br>2 l<tr><td rowspan=2>L<td>3 l<tr><td>4 l</table>
<table><tr><td>key<td>value<tr><td>other<td>more</table>
<table><tr><td><p>Menu<td><h3>Layout</h3><p>Text</table>
HTML
try markdown table.html
cat >code.html <<'HTML'
<pre><code class="language-python"><span class="lineno">1</span>def f():
<span class="lineno">2</span>    return "```"<button>Copy</button></code></pre>
<div class="highlight highlight-source-shell"><pre>make</pre></div>
<ul><li>Then run<pre>make install</pre></ul>
<p>Mass is <math alttext="E_0*c^2"><mi>E</mi></math>; \(a_1*b_1\); x<sup>2</sup>
HTML
try markdown code.html
cat >links.html <<'HTML'
<base href="https://a.example/docs/"><p><a href="../x?a&amp;b">one <b>two</b></a> <a href="javascript:x">three</a>
<a href="data:text/html,four">four</a> <img src="data:image/gif;base64,R0" data-src="pump.png" alt="a [red] pump">
HTML
try markdown links.html
try markdown links.html --links --images
try 'tamis extract -q -a --images links.html'
try tamis extract --links links.html
# the address of a record
{
	http '200 OK' 'Content-Type: text/html' <<<'<p><a href=c>link</a>' | crawled response b/d 'application/http; msgtype=response'
} >page.warc
try 'tamis extract -q -a --format=markdown --links page.warc'
# Images in elements without text, also in links, are part of the main content if these are.
cat >images.html <<'HTML'
<!DOCTYPE html><title>Sieves</title><body><nav><a href="/"><img src="/logo.png" alt="Logo"></a></nav><article>
<p>A sieve parts the fine from the coarse, as it has done for some thousands of years, and nothing better has been found since.</p>
<p><img src="/a.jpg" alt="A sieve"></p><figure><img src="/b.jpg" alt="Two sieves"><figcaption>Photo: Ann</figcaption></figure>
<div class="wp-block-image"><figure><a href="/full"><img src="/c.jpg" alt="A mill"></a></figure></div>
<p>Take flour and shake it; then take what stays above, which is bran, and keep it for bread or for the hens, who like it.</p>
<div class="share-buttons"><a href="/s"><img src="/s.png" alt="Share"></a></div></article>
<aside><p><img src="/ad.png" alt="Ad"></p></aside></body>
HTML
try 'tamis extract -q --format=markdown --images images.html | sed "s/\\\\n/\n/g" | grep "!"'
try 'tamis extract -q --format=markdown --images --engine=rules images.html | sed "s/\\\\n/\n/g" | grep "!"'
