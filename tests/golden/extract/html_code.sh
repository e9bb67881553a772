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
