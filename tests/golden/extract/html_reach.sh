# Text that readers reach although its tag means furniture: buttons of headings, admonitions, shadow
# roots, tabs, dialogs, captions of code, sources of quotations; and back-links of notes are dropped.
# text FILE: the lines of the text of a page by the model and by the rules
text() {
	for how in model rules; do
		echo "== by the $how"
		tamis extract -q --engine "$how" "$1" | sed 's/.*"text":"//; s/"}$//; s/\\n/\n/g' |
			sed '/^The mesh of a sieve/d'
	done
}
p='<p>The mesh of a sieve parts the fine from the coarse, as it has done for some thousands of years,
and nothing better has been found since, whatever the price of the wire that it is made of.</p>'
cat >faq.html <<HTML
<title>Sieves</title><main><h1>Questions on sieves</h1>$p
<h2 class="accordion-header"><button class="accordion-button">What is the warranty?</button></h2>
<div class="accordion-collapse collapse">$p</div>
<h2><button>Who made it?</button> <button>Copy link</button></h2><div>$p</div>
<h2>Who sells it? <button>Copy link</button></h2>$p
<dl><dt><button>Who buys it?</button></dt><dd>$p</dd></dl>
<div role="heading" aria-level="3"><button>Who cleans it?</button></div>$p
<p><button>Order a sieve</button></p></main>
HTML
try text faq.html
cat >notes.html <<HTML
<title>Sieves</title><main><h1>Use of sieves</h1>$p
<aside class="admonition note"><p class="admonition-title">Note</p><p>Wash the mesh first.</p></aside>$p
<aside class="starlight-aside starlight-aside--caution"><p>Do not cut the mesh.</p></aside>$p
<aside class="callout"><p>Do not drop the sieve.</p></aside>$p
<div class="admonition hint"><p>Shake the sieve gently.</p></div>
<aside class="note"><p>An aside of another kind.</p></aside>$p
<blockquote><p>A sieve is the friend of the baker, and of all who love bread.</p>
<footer class="blockquote-footer">Anon</footer></blockquote>$p
<figure><pre><code>sieve --mesh 2 flour</code></pre><figcaption>Listing 1: a run</figcaption></figure>$p
<figure><figcaption>sieve.js</figcaption><div><pre>shake(flour).times(3);</pre></div></figure>$p
<figure><img><figcaption>A picture</figcaption></figure>$p
<div role="tabpanel">$p<pre>apt install sieve</pre></div>
<div role="tabpanel" hidden><pre>dnf install sieve</pre></div><div hidden>Hidden.</div>
<dialog open><p>This dialog is open, and explains of what kind of wire the mesh is made.</p></dialog>
<p>It is made of wire.<sup><a href="#f1">1</a></sup></p><ol>
<li>Of steel, which the makers of sieves bought by the mile. <a href="#r1">↩︎</a></li>
<li>Of brass, if the sieve was to be used with salt. <a href="#r2">⤴</a><a href="#r2b">↩<sup>2</sup></a></li>
<li><a href="#r3">^</a> Of hair, in the time of the Romans; see <a href="/x">^</a>.</li>
<li>Of silk, for the finest flour [<a href="#r4">↩</a>]</li></ol></main>
HTML
try text notes.html
try 'tamis extract -q --format markdown notes.html | grep -c "(#r"'
cat >shadow.html <<HTML
<title>Sieves</title><my-page><template shadowrootmode="Open"><style>p { }</style><main>
<h1>In the shadow</h1>$p<template><p>Never shown.</p></template></main></template></my-page>
<template><p>Never shown either.</p></template>
HTML
try text shadow.html
