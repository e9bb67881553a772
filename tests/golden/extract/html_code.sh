# Code keeps all its tokens and its white space, however generators mark its lines.
# text [OPTION...] FILE: the lines of the text of a page
text() {
	tamis extract -q "$@" | sed 's/.*"text":"//; s/"}$//; s/\\n/\n/g; s/\\"/"/g; s/\\\\/\\/g'
}
# The indentation of a line is an element of its own.
cat >lines.html <<'HTML'
<pre class="prism-code language-py"><code><span class="token-line"><span class="token keyword">def</span> f():<br></span><span
class="token-line"><span class="token plain">    </span><span class="token keyword">if</span> x:<br></span><span
class="token-line"><span class="token plain">        </span><span class="token keyword">return</span> 1<br></span><span
class="token-line"><span class="token plain" style="display:inline-block"></span><br></span><span
class="token-line"><span class="token plain">	</span>f()<br></span></code></pre>
<pre><div>a = [</div><div><span>  </span><span>  </span><span>1</span></div><div>]</div></pre>
<p>After <br> <b>a break</b> no white space.
HTML
try text -a lines.html
try text -a --format=markdown lines.html
# The numbers of lines are not code.
cat >numbers.html <<'HTML'
<p>Four tools number lines.
<pre><span class="source-line-no">001</span><span id="line-1">package a;</span>
<span class="source-line-no">002</span><span id="line-2"></span></pre>
<table><tr><td class="lntd"><pre><code><span class="lnt">1
</span><span class="lnt">2
</span></code></pre></td><td class="lntd"><pre><code class="language-go">func main() {
}</code></pre></td></tr></table>
<pre><span class="LineNr">1 </span>x = 1
<span class="LineNr">2 </span>y = 2</pre>
<table><tr><td><pre>1</pre><td>Columns<tr><td>2<td><pre>two</pre></table>
HTML
try text -a --format=markdown numbers.html
# The classes of tokens say nothing about boilerplate, also where the rules decide.
cat >tokens.html <<'HTML'
<!DOCTYPE html><title>Component.hs</title><p>This is the whole of the module, with its instances and its functions.
<pre><span class='hs-keyword'>module</span> Component <span class='hs-keyword'>where</span>

<span class="comment">-- The name of a component, as it is in the description of the package.</span>
<span class='hs-keyword'>data</span> Name = Library Text | Program Text
    <span class='hs-keyword'>deriving</span> (Eq, Ord)
<span class="token tag keyword">instance</span> Show Name <span class='hs-keyword'>where</span>
    show (Library name) = <span class="banner">"library "</span> ++ name</pre>
HTML
try text --engine=rules tokens.html
try text tokens.html
# Doxygen and SyntaxHighlighter write code without <pre>.
cat >divs.html <<'HTML'
<p>This is the smallest program that can read the gauge of a river, and it does so only once.</p>
<div class="fragment"><div class="line"><a name="l1"></a><span class="lineno">    1</span>&#160;<span class="preprocessor">#include &lt;gauge.h&gt;</span></div>
<div class="line"><span class="lineno">    2</span>&#160; </div><div class="line"><span class="lineno">    3</span> </div>
<div class="line"><span class="lineno">    4</span>&#160;<span class="keywordtype">int</span> main() {</div>
<div class="line"><span class="lineno">    5</span>    <a class="code" href="g">Gauge</a> g(1); <span class="comment">// the lower one</span></div>
<div class="line">    <span class="keywordflow">return</span> g.read() ? 0 : 1;</div>
<div class="line"> </div>
<div class="line">}</div>
<div class="ttc" id="g"><div class="ttname"><a href="g">Gauge</a></div><div class="ttdef"><b>Definition:</b> gauge.h:12</div></div></div>
<p>The number of a gauge is on its case, below the name of the river and the year in which it was built.</p>
<div class="syntaxhighlighter"><table><tr><td class="gutter"><div class="line number1">1</div><div class="line number2">2</div></td><td class="code"><div class="container"><div class="line number1 index0 alt2"><code class="py keyword">if</code> <code class="py plain">low:</code></div><div class="line number2 index1 alt1"><code class="py spaces">&nbsp;&nbsp;&nbsp;&nbsp;</code><code class="py plain">wait()</code></div></div></td></tr></table></div>
<div class="line-block"><div class="line">A poem</div><div class="line">of two lines</div></div>
HTML
try text -a --format=markdown divs.html
try text divs.html
# Doxygen makes a table of a function.
cat >function.html <<'HTML'
<h2>Functions</h2><div class="memproto"><table class="memname"><tr><td class="memname">bool gauge_read </td><td>(</td>
<td class="paramtype">const struct gauge *&#160;</td><td class="paramname"><em>g</em>, </td></tr>
<tr><td class="paramkey"></td><td></td><td class="paramtype">double *&#160;</td><td class="paramname"><em>level</em>&#160;</td></tr>
<tr><td></td><td>)</td><td></td><td></td></tr></table></div><p>Read the level of a river.</p>
<table class="params"><tr><td class="paramname">g</td><td>a gauge</td></tr><tr><td>level</td><td>in metres</td></tr></table>
HTML
try text -a function.html
try text -a --format=markdown function.html
# GitHub makes a table of a file; it can be all of the main content.
cat >file.html <<'HTML'
<!DOCTYPE html><title>a.py at main</title><main><div class="file-header">4 lines</div><div class="blob-wrapper">
<table class="highlight tab-size js-file-line-container" data-tab-size="8">
      <tr>
        <td id="L1" class="blob-num js-line-number" data-line-number="1"></td>
        <td id="LC1" class="blob-code blob-code-inner js-file-line"><span class="pl-k">def</span> <span class="pl-en">read</span>(path):</td>
      </tr>
      <tr>
        <td id="L2" class="blob-num js-line-number" data-line-number="2">2</td>
        <td id="LC2" class="blob-code blob-code-inner js-file-line">    <span class="pl-s">"""Read an archive, and return the number of its records as an integer."""</span></td>
      </tr>
      <tr>
        <td id="L3" class="blob-num js-line-number" data-line-number="3"></td>
        <td id="LC3" class="blob-code blob-code-inner js-file-line">
</td>
      </tr>
      <tr>
        <td id="L4" class="blob-num js-line-number" data-line-number="4"></td>
        <td id="LC4" class="blob-code blob-code-inner js-file-line"><span>    </span><span class="pl-k">return</span> len(list(records(path)))</td>
      </tr>
</table></div></main>
HTML
try text file.html
try text --format=markdown file.html
