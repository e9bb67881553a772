# Structure in text: list numbers, indentation, bars in cells, TeX, exponents, line numbers of code.
# text [OPTION...] FILE: the lines of the text of a page
text() {
	tamis extract -q -a "$@" | sed 's/.*"text":"//; s/"}$//; s/\\n/\n/g; s/\\\\/\\/g'
}
cat >lists.html <<'HTML'
<ol start=3><li>three<ul><li>nested<ol type=a><li>first<li value=5>fifth</ol></ul>
<li>four</ol>
<ol reversed><li>two<li>one</ol>
<ol type=I start=4><li>fourth</ol>
<ul><li>plain</ul>
HTML
try text lists.html
cat >table.html <<'HTML'
<table><tr><th>operator<th>meaning<tr><td>a | b<td>or<tr><td>a || b<td>logical or</table>
<table><tr><td>Home | About</table>
HTML
try text table.html
cat >formulas.html <<'HTML'
<p>Mass is <math><semantics><mrow><mi>E</mi><mo>/</mo><msup><mi>c</mi><mn>2</mn></msup></mrow>
<annotation encoding="application/x-tex">\frac{E}{c^2} &lt; m</annotation></semantics></math>, and
<span class="katex"><span class="katex-mathml"><math display="block"><semantics><mi>a</mi>
<annotation encoding="application/x-tex">a+b^2</annotation></semantics></math></span>
<span class="katex-html" aria-hidden="true">a+b2</span></span>
is shown once.
<p><math alttext="\pi"><mi>p</mi></math>; <span class="MathJax">m</span><script
type="math/tex">m</script>; <script type="math/tex; mode=display">n</script>;
<img class="latex" alt="\frac12">; <img alt="a cat">
<p><span class="mwe-math-element"><span style="display: none;"><math><semantics><mi>w</mi>
<annotation encoding="application/x-tex">{\displaystyle w}</annotation></semantics></math></span><img
class="mwe-math-fallback-image-inline" alt="{\displaystyle w}"></span>; \(x^2\)
<p><math xmlns="http://www.w3.org/1998/Math/MathML"><mfrac><mn>1</mn><mn>2</mn></mfrac><msup><mi>y</mi>
<mn>2</mn></msup></math>; <img class="latex" src="x.png">5&times;10<sup>6</sup>, e<sup>-x</sup>, 3 cm<sup>3</sup>
<p>x<sup>2</sup>, 10<sup>6</sup>, a<sub>i</sub>, H<sub>2</sub>O, 1<sup>st</sup>, 5 m<sup>2</sup>
HTML
try text formulas.html
cat >code.html <<'HTML'
<pre><span class="lineno">1</span>x = 1
<span class="lineno">2</span>y = 2<button>Copy</button></pre>
<table><tr><td class="linenos"><pre>1
2</pre></td><td class="code"><pre>for x in y:
    print(x)</pre></td></tr></table>
HTML
try text code.html
# Labels and columns that only the style of a page separates, and the author of a quotation.
cat >apart.html <<'HTML'
<p><a href="/a">Crossref</a><a href="/b">Medline</a><span class="x">Sodium: </span><span class="y">4mg</span><span>Fiber: 2g</span>
<p><span class="drop-cap">T</span><span>HE</span> <code><span>read</span><span>Gauge</span></code>
<blockquote><cite>anna wrote:</cite>The valve leaks.</blockquote>
HTML
try text apart.html
try text --format=markdown --links apart.html
