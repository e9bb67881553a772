/* check_html_markdown.c - tests of the Markdown of web pages. */
#include <check.h>
#include <stdlib.h>

#include "tests/unit/filters/page_text.h"

Suite *html_markdown_suite(void);

struct row {
	const char *in, *want;
};

static const struct row blocks[] = {
	{ "", "" },
	{ "<p>a<p>b<div>c</div>d", "a\n\nb\n\nc\n\nd\n" },
	{ "<p>a<br>b<br><br>c<br>", "a  \nb\n\nc\n" },
	/* headings */
	{ "<h1>a</h1><h6>b<br>c</h6>d", "# a\n\n###### b c\n\nd\n" },
	{ "<h2><div>a</div><b>b</b> <i>c</i></h2>", "## a b *c*\n" },
	{ "<h2>a #</h2><h3>C#</h3><h4>1. b</h4>", "## a \\#\n\n### C#\n\n#### 1. b\n" },
	{ "<h2>a<ul><li>b</ul></h2><h2></h2>", "a\n\n- b\n" },
	/* lists */
	{ "<ul><li>a<li>b</ul>c", "- a\n- b\n\nc\n" },
	{ "<ol start=9><li>a<p>b<li>c<ol><li>d</ol></ol>",
	    "9. a\n\n   b\n10. c\n    1. d\n" },
	{ "<ul><li>a<ol start=2><li>b</ol></ul>", "- a\n\n  2. b\n" },
	{ "<ul><li>a<ul><li><ol start=2><li>b</ol></ul></ul>", "- a\n\n  2. b\n" },
	{ "<ol type=a><li>a<p>b<li>c</ol>", "- a. a\n\n  b\n- b. c\n" },
	{ "<ol start=-1><li>a</ol>", "- -1. a\n" },
	{ "<ol><li>a<li hidden>b<li>c</ol>", "1. a\n2. c\n" },
	{ "<ul><li><ul><li>a<li>b</ul><li>c</ul>", "- a\n- b\n- c\n" },
	{ "<ul><li><blockquote>a<p>b</blockquote><li></ul>", "- > a\n  >\n  > b\n" },
	{ "a<p><ul><li><p>b</ul>", "a\n\n- b\n" },
	/* quotes and breaks */
	{ "<blockquote>a<blockquote>b</blockquote></blockquote><blockquote>c</"
	  "blockquote>",
	    "> a\n>\n> > b\n\n> c\n" },
	{ "<hr>a<hr><hr>b<hr>", "a\n\n---\n\nb\n" },
	/* code */
	{ "<pre>\n\n a\n  b \n</pre>", "```\n a\n  b \n```\n" },
	{ "<pre>a  \n--&#32;\n \nb\t\n \n</pre>", "```\na  \n-- \n \nb\t\n```\n" },
	{ "<pre><code class='hljs language-C++'>``` a</code></pre>",
	    "````c++\n``` a\n````\n" },
	{ "<div class='highlight-source-shell'><pre>a</pre></div><pre>b</pre>",
	    "```shell\na\n```\n\n```\nb\n```\n" },
	{ "<pre class='brush: java; gutter: false'>a</pre><pre data-lang=go>b</pre>",
	    "```java\na\n```\n\n```go\nb\n```\n" },
	{ "<pre class=lang-py>a</pre><pre><code class='hljs rust'>b</code></pre>",
	    "```py\na\n```\n\n```rust\nb\n```\n" },
	{ "<div class='language-ruby x'><pre class=highlight>a</pre></div>",
	    "```ruby\na\n```\n" },
	{ "<div class=language-en><pre class=language-none>a</pre></div>",
	    "```\na\n```\n" },
	{ "<div class=mw-highlight-lang-lua><pre>a</pre></div>", "```lua\na\n```\n" },
	{ "<ol><li>a<pre>b\n\nc</pre></ol>", "1. a\n\n   ```\n   b\n\n   c\n   ```\n" },
	{ "<pre>a<b>*b*</b> <a href=c>d</a></pre>", "```\na*b* d\n```\n" },
	{ "<pre> \n </pre>a", "a\n" },
	/* tables */
	{ "<table><tr><th>a<th>b<tr><td>c|d<td><b>e</b><br>f</table>",
	    "| a | b |\n| --- | --- |\n| c\\|d | **e**<br>f |\n" },
	{ "<table><tr><td>a<td>b<tr><td>c<td>d</table>",
	    "|  |  |\n| --- | --- |\n| a | b |\n| c | d |\n" },
	{ "<table><thead><tr><td>a<td>b<tbody><tr><td>c<td>d</table>e",
	    "| a | b |\n| --- | --- |\n| c | d |\n\ne\n" },
	{ "<table><caption>z</caption><tr><th colspan=2>a<tr><td rowspan=2>b<td>c"
	  "<tr><td>d</table>",
	    "z\n\n| a |  |\n| --- | --- |\n| b | c |\n|  | d |\n" },
	{ "<table><tr><td><td>a<td><td>b<tr><td><td>c<td><td>d<tr><td></table>",
	    "|  |  |\n| --- | --- |\n| a | b |\n| c | d |\n" },
	{ "<table><tr><td>a<td>b</table>", "a | b\n" },
	{ "<table><tr><td>a<tr><td>b</table>", "a\n\nb\n" },
	{ "<table role=presentation><tr><td>a<td>b<tr><td>c<td>d</table>",
	    "a | b\n\nc | d\n" },
	{ "<table><tr><td><h2>a</h2><td>b<tr><td>c<td>d</table>",
	    "## a\n\nb\n\nc | d\n" },
	{ "<table><tr><th>a<th>b<tr><td><ul><li>c<li>d</ul><td><p>e<p>f</table>",
	    "| a | b |\n| --- | --- |\n| c<br>d | e<br>f |\n" },
	{ "<table><tr><th>a<th>b<tr><td>$$<td>&lt;b> *c*<tr><td>$$<td>\\<br>\\|</table>",
	    "| a | b |\n| --- | --- |\n| \\$\\$ | \\<b> \\*c* |\n| \\$\\$ | "
	    "\\\\<br>\\\\\\| "
	    "|\n" },
	{ "<ul><li><table><tr><th>a<th>b<tr><td>c<td>d</table></ul>",
	    "- | a | b |\n  | --- | --- |\n  | c | d |\n" },
};

static const struct row words[] = {
	/* emphasis */
	{ "a <b>b</b> <strong>c</strong> <i>d</i><em>e</em> <del>f</del>",
	    "a **b c** *de* ~~f~~\n" },
	{ "<b>a <i>b</i></b> <i><b>c</b> d</i>", "**a *b c*** *d*\n" },
	{ "<b><p>a<p>b</b>", "**a**\n\n**b**\n" },
	{ "<b> a </b>b<b></b>", "**a** b\n" },
	{ "a<b>b</b>c", "a**b**c\n" },
	/* no parser would read these */
	{ "<b>a:</b>b <b>\u6ce8\uff1a</b>\u6587 c<i>(d)</i>",
	    "a:b \u6ce8\uff1a\u6587 c(d)\n" },
	{ "<b>a:</b> b <i>a</i><b>b</b>", "**a:** b *a*b\n" },
	{ "a<b>*</b>", "a*\n" },
	{ "<b>a<br>b</b>", "**a  \nb**\n" },
	/* code */
	{ "<code>a</code> <kbd>b</kbd><tt>c</tt>", "`a` `bc`\n" },
	{ "<code>a`b</code> <code>``</code> <code>*_[<b>x</b></code>",
	    "``a`b`` ``` `` ``` `*_[x`\n" },
	{ "<code>a<br>b</code>", "`a`  \n`b`\n" },
	{ "<b><code>a</code></b> <del><b>b</b></del>", "**`a` ~~b~~**\n" },
	/* formulas */
	{ "<math alttext='a_1*b*c'></math>_x_", "$a_1*b*c$\\_x_\n" },
	{ "\\(a*b*c\\) \\[_a_\\] $a_b*c*$ *d*",
	    "\\(a*b*c\\) \\[_a_\\] $a_b*c*$ \\*d*\n" },
	{ "<i>x</i><sup>2</sup> a<sub>i</sub>", "*x*^2 a_i\n" },
	{ "e<sup>-x</sup>, x<sup><i>n</i>+1</sup><p>x<sup>n+1</sup>",
	    "e^{-x}, x^{*n*+1}\n\nx^{n+1}\n" },
	{ "$\\sin x *a* \\text{for all b}$ $$a^2*b*$$ \\(a &lt;b> \\| \\{c*d*\\}\\)",
	    "$\\sin x *a* \\text{for all b}$ $$a^2*b*$$ \\(a \\<b> \\| \\{c*d*\\}\\)\n" },
	/* no formulas */
	{ "<p>$$<p>&lt;b> *s*<p>$$$<p>$x<p>*y*$",
	    "\\$\\$\n\n\\<b> \\*s*\n\n\\$\\$\\$\n\n\\$x\n\n\\*y*\\$\n" },
	{ "US$100 for &lt;i> or *A*$ $x*a*$ $a_b and *c*$",
	    "US\\$100 for \\<i> or \\*A*\\$ \\$x\\*a*\\$ \\$a_b and \\*c*\\$\n" },
	{ "\\[quoted words *a*\\] \\( b", "\\\\[quoted words \\*a*\\\\] \\\\( b\n" },
	/* characters that would be markup */
	{ "5 * 3 a*b _c snake_case __init__ \\_d",
	    "5 * 3 a*b \\_c snake_case \\_\\_init__ \\\\_d\n" },
	{ "*a* **b", "\\*a* **b\n" },
	{ "a* <b>b</b>", "a\\* **b**\n" },
	{ "`a` `` ~5 ~~x~~", "\\`a\\` \\`\\` \\~5 \\~\\~x~~\n" },
	{ "&lt;b> a < b &lt;c &amp;amp; R&D; &copy",
	    "\\<b> a < b <c \\&amp; R\\&D; \u00a9\n" },
	{ "[a](b) [c] ![d](e)", "[a\\](b) [c] ![d\\](e)\n" },
	{ "C:\\x\\*y \\\\a \"\\\" 1986\\. \\<b>b</b>\\<i>\\</i> <del>c\\</del>",
	    "C:\\x\\\\\\*y \\\\\\a \"\\\\\" 1986\\\\. \\\\**b**\\\\*\\\\* ~~c\\\\~~\n" },
	{ "<p>~~~a<del>x</del><p>~~~ b", "\\~\\~\\~a~~x~~\n\n\\~~~ b\n" },
	{ "a &lt;y, b &lt; c &lt;5 &lt;d e <p>&lt;f g",
	    "a <y, b < c <5 <d e\n\n\\<f g\n" },
	{ "a &lt;<span>b</span>&gt; &lt;&shy;i&gt; &lt;/p&gt; &lt;!--&gt; &lt;a@b.c&gt;",
	    "a \\<b> \\<i> \\</p> \\<!--> \\<a@b.c>\n" },
	{ "&amp;#60; &amp;g&shy;t; <i>&amp;lt</i>; &amp;", "\\&#60; \\&gt; *&lt*; &\n" },
	{ "<i># a<br>b </i>c", "*# a  \nb* c\n" },
	{ "<i># a<br>(b)</i>c", "\\# a  \n(b)c\n" },
	/* beginnings of lines */
	{ "<p># a<p>#a<p>> b<p>- c<p>-c<p>+ d<p>* e",
	    "\\# a\n\n#a\n\n\\> b\n\n\\- c\n\n-c\n\n\\+ d\n\n\\* e\n" },
	{ "<p>1. a<p>1.a<p>12) b<p>2019. c", "1\\. a\n\n1.a\n\n12\\) b\n\n2019\\. c\n" },
	{ "<p>---<p>===<p>~~~<p>```<p>* * *<p>--",
	    "\\---\n\n===\n\n\\~~~\n\n\\`\\`\\`\n\n\\* * *\n\n--\n" },
	{ "a<br>===<br>-- | --<br># b", "a  \n\\===  \n\\-- | --  \n\\# b\n" },
	{ "<p>[a]: b<p>[a] b", "\\[a]: b\n\n[a] b\n" },
	{ "<ul><li>- a<li>1. b</ul>", "- \\- a\n- 1\\. b\n" },
	{ "<p><b>#</b> a<p><b>1.</b> b", "**#** a\n\n**1.** b\n" },
};

static const struct row addresses[] = {
	{ "<a href=x>a</a> <a href='/y?a&amp;b#c'>b <b>c</b></a>",
	    "[a](http://a.example/b/x) [b **c**](http://a.example/y?a&b#c)\n" },
	{ "<a href=//h.example/p>a</a> <a href=?q>b</a> <a href=#f>c</a> <a "
	  "href=../../d/./e>d</a>",
	    "[a](http://h.example/p) [b](http://a.example/b/c?q) "
	    "[c](http://a.example/b/c?d#f) [d](http://a.example/d/e)\n" },
	{ "<base href=/r/s><a href=x>a</a> <a href=..>b</a>",
	    "[a](http://a.example/r/x) [b](http://a.example/)\n" },
	{ "<a href=mailto:m>a</a> <a href='HTTPS://h.example/ p'>b</a>",
	    "[a](mailto:m) [b](https://h.example/%20p)\n" },
	{ "<a href=javascript:x>a</a> <a href=data:y>b</a> <a>c</a> <a href=''>d</a> <a "
	  "href=#>e</a>",
	    "a b c d e\n" },
	{ "<a href='x(y)'>a</a> <a href='x(y'>b</a>", "[a](http://a.example/b/x(y)) "
						      "[b](http://a.example/b/x%28y)\n" },
	{ "<a href=x>[a] <code>b</code></a>!<a href=y>c</a>",
	    "[\\[a\\] `b`](http://a.example/b/x)\\![c](http://a.example/b/y)\n" },
	{ "<code><a href=x>a</a></code>", "[`a`](http://a.example/b/x)\n" },
	{ "<a href=x><p>a<p>b</a>", "[a](http://a.example/b/x)\n\nb\n" },
	{ "<a href=x>a<br></a>b", "[a](http://a.example/b/x)  \nb\n" },
	{ "<a href=x>a</a><a href=x>b</a>",
	    "[a](http://a.example/b/x)[b](http://a.example/b/x)\n" },
	{ "<table><tr><th>a<th>b<tr><td><a href='x|y'>c</a><td><a href=z><img src=i></a>"
	  "</table>",
	    "| a | b |\n| --- | --- |\n| [c](http://a.example/b/x%7Cy) | "
	    "[![](http://a.example/b/i)](http://a.example/b/z) |\n" },
	{ "<a href=x>a\\</a>", "[a\\\\](http://a.example/b/x)\n" },
	/* images */
	{ "<img src=i alt='a\\*b &amp;amp;lt; c & d\\'>",
	    "![a\\\\\\*b \\&amp;lt; c & d\\\\](http://a.example/b/i)\n" },
	{ "a<img src=i alt='b [c]\n&quot;d'>e",
	    "a![b \\[c\\] \"d](http://a.example/b/i)e\n" },
	{ "<img src=data:x data-src=i><img src=j width=1><img alt=k>",
	    "![](http://a.example/b/i)\n" },
	{ "<p><img src=i></p><pre><img src=j>a</pre>",
	    "![](http://a.example/b/i)\n\n```\na\n```\n" },
};

static void
assert_markdown(const struct row *r, bool addresses_too)
{
	const struct html_options options = { .markdown = true,
		.links = addresses_too,
		.images = addresses_too,
		.url = addresses_too ? SPAN("http://a.example/b/c?d#e") : SPAN("") };

	assert_span(page_extract_as(span_of(r->in), &options).text, r->want);
}

START_TEST(markdown_of_blocks)
{
	assert_markdown(&blocks[_i], false);
}
END_TEST

START_TEST(markdown_of_words)
{
	assert_markdown(&words[_i], false);
}
END_TEST

START_TEST(markdown_with_addresses)
{
	assert_markdown(&addresses[_i], true);
}
END_TEST

START_TEST(addresses_without_base)
{
	const struct html_options options = { .markdown = true, .links = true };

	assert_span(page_extract_as(SPAN("<a href=../x#y>a</a>"), &options).text,
	    "[a](../x#y)\n");
	assert_span(page_extract_as(
			SPAN("<base href=http://h.example/p><a href=q>a</a>"), &options)
			.text,
	    "[a](http://h.example/q)\n");
}
END_TEST

START_TEST(text_with_images)
{
	const struct html_options options = { .images = true };

	assert_span(
	    page_extract_as(
		SPAN("<p>a<img alt='b &amp;\n c'>d<img alt=' '><p><img alt=e>"), &options)
		.text,
	    "a b & c d\ne\n");
}
END_TEST

#define ROWS(t) ((int)(sizeof(t) / sizeof *(t)))

Suite *
html_markdown_suite(void)
{
	Suite *s = suite_create("html_markdown");
	TCase *c = tcase_create("markdown");

	tcase_add_checked_fixture(c, page_set_up, page_tear_down);
	tcase_add_loop_test(c, markdown_of_blocks, 0, ROWS(blocks));
	tcase_add_loop_test(c, markdown_of_words, 0, ROWS(words));
	tcase_add_loop_test(c, markdown_with_addresses, 0, ROWS(addresses));
	tcase_add_test(c, addresses_without_base);
	tcase_add_test(c, text_with_images);
	suite_add_tcase(s, c);
	return s;
}
