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
