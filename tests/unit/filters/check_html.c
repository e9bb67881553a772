/* check_html.c - tests of the text of web pages: lines, main content, charsets, hostile
 * pages. */
#include <check.h>
#include <stdlib.h>

#include "filters/web/charset/recode.h"
#include "lib/base/mem.h"
#include "lib/text/utf8.h"
#include "tests/unit/filters/page_text.h"

Suite *html_suite(void);

/* All text of a page. */
static const struct {
	const char *in, *want;
} all[] = {
	/* lines */
	{ "", "" },
	{ "plain", "plain\n" },
	{ " a \n b\t c ", "a b c\n" },
	{ "<p>a<p>b", "a\nb\n" },
	{ "<p>a</p> <p>b</p>\n<div>c</div>d", "a\nb\nc\nd\n" },
	{ "<b>bo</b>ld <i>x</i><i>y</i> z", "bold xy z\n" },
	{ "<span>a</span> <span>b</span>", "a b\n" },
	{ "<a href=x>a</a>, <a href=y>b</a>", "a, b\n" },
	{ "a<br>b<br/>c", "a\nb\nc\n" },
	{ "<h1>T</h1>x<hr>y", "T\nx\ny\n" },
	{ "<ul><li>a<li>b<ul><li>c</ul><li>d</ul>e", "- a\n- b\n  - c\n- d\ne\n" },
	{ "<ol><li><p>a</p><p>b</p></li></ol>", "1. a\nb\n" },
	{ "<ul><li></li><li>a</li></ul>", "- a\n" },
	{ "<ul><li><h3>a</h3>b<li><blockquote>c</blockquote><li><table><tr><td>d<td>e"
	  "</table><li><pre>f</pre></ul>",
	    "- a\nb\n- c\n- d | e\nf\n" },
	{ "<ul><li><h3></h3><ul><li><section>a</section></ul>b</ul>", "  - a\nb\n" },
	{ "<ol><li>a<pre><ol><li> b<li>c|d</ol></pre><li>e</ol>",
	    "1. a\n b\nc|d\n2. e\n" },
	{ "<pre><table><tr><td>a|b<td>c</table></pre>", "a|b | c\n" },
	{ "<dl><dt>a<dd>b<dt>c<dd>d</dl>", "a\nb\nc\nd\n" },
	{ "<table><tr><th>a<th>b<tr><td>1<td>2</table>", "a | b\n1 | 2\n" },
	{ "<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>", "a\nb\nc\n" },
	{ "<table><tr><td></td><td>c</td></tr></table>", "c\n" },
	{ "<table><td>a<table><tr><td>x<td>y</table>b</table>", "a\nx | y\nb\n" },
	{ "<pre>\n a\n\n  b </pre>c", " a\n\n  b\nc\n" },
	{ "<pre>a\r\nb</pre>", "a\nb\n" },
	/* <code> as a block: white space is kept if its style keeps it */
	{ "<p>a<code style='color:red; Display : block;white-space: pre'>b\n  c</code>d",
	    "a\nb\n  c\nd\n" },
	{ "<code class='text-sm block whitespace-pre-wrap'>a\n  b</code>c",
	    "a\n  b\nc\n" },
	{ "<code style='white-space:pre-wrap'>a\n  b</code>c", "a bc\n" },
	{ "<code style='display:block;white-space:pre-line'>a\n  b</code>c", "a bc\n" },
	{ "<pre>a\n<code class='block whitespace-pre'>b\n c</code>\nd</pre>",
	    "a\nb\n c\nd\n" },
	/* elements that browsers do not show */
	{ "a<iframe srcdoc='&lt;p>b'></iframe>c", "ac\n" },
	{ "a<dialog>b</dialog><dialog open>c</dialog><dialog hidden open>d</dialog>",
	    "a\nc\n" },
	{ "a&nbsp;b\xC2\xA0 c", "a b c\n" },
	/* UTF-8, whatever the page declares */
	{ "\xC3\xBC", "\xC3\xBC\n" },
	{ "<p>m\xC3\xBC\xC3\x9F \xE4\xBD\xA0", "m\xC3\xBC\xC3\x9F \xE4\xBD\xA0\n" },
	{ "<meta charset=iso-8859-1><p>\xC3\xBC", "\xC3\xBC\n" },
	{ "<meta http-equiv=content-type content='text/html; charset=utf-16'>\xC3\xBC",
	    "\xC3\xBC\n" },
	{ "<?xml version='1.0' encoding='gb18030'?><p>\xC3\xBC", "\xC3\xBC\n" },
	{ "ex\xC2\xAD"
	  "am&shy;ple",
	    "example\n" },
	/* references */
	{ "&lt;p&gt; &amp;&quot;", "<p> &\"\n" },
	{ "&eacute;&Eacute;&hellip;&notin;", "\u00e9\u00c9\u2026\u2209\n" },
	{ "&#65;&#x42;&#X43; &#8217;", "ABC \u2019\n" },
	{ "a&#0;&#xD800;&#x110000;&#99999999999;b", "a\uFFFD\uFFFD\uFFFD\uFFFDb\n" },
	{ "&#128;&#146;&#x9F; a&#1;&#xFFFF;b", "\u20AC\u2019\u0178 ab\n" },
	{ "&nbsp b caf&eacute &copy 2020 &ampx &notit; &notin;",
	    "b caf\u00e9 \u00a9 2020 &x \u00acit; \u2209\n" },
	{ "&check;a&ZeroWidthSpace;b&period; &fjlig; &NotEqualTilde;",
	    "\u2713a\u200bb. fj \u2242\u0338\n" },
	{ "&lt;b&gt; &lt &#60;i&#x3e; &amp;lt; &amp;amp;lt; &#38;lt;",
	    "<b> < <i> &lt; &amp;lt; &lt;\n" },
	{ "<p title='a>b &quot;&#39;&gt;'>t", "t\n" },
	{ "<p title=\"&quot;>&copy=&copyx&copy;\">t", "t\n" },
	{ "<a href=?a=1&copy=2&lt=3>t</a>&#", "t&#\n" },
	{ "<script>'&lt;' </scriptx></script>&eacute;<style>&", "\u00e9\n" },
	{ "<pre>a&#10;b&Tab;c&#13;&NewLine;</pre>", "a\nb\tc\n" },
	{ "a & b &; &nosuch; &", "a & b &; &nosuch; &\n" },
	/* tags */
	{ "a < b <3 <", "a < b <3 <\n" },
	{ "<P CLASS=\"a>b\" x='<p>'>t", "t\n" },
	{ "x<p", "x\n" },
	{ "x<p a=\"", "x\n" },
	{ "a<!-- <p> -->b<![endif]>c", "abc\n" },
	{ "<p>x<<!>b>a<</ >i>c", "x<b>a<i>c\n" },
	{ "a<!-- b<!-- c", "a\n" },
	/* as in the HTML standard: empty comments, other ends of comments */
	{ "a<!-->b<p>c", "ab\nc\n" },
	{ "a<!--->b<p>c<!---->d", "ab\ncd\n" },
	{ "a<!-- x --!>b<p>c", "ab\nc\n" },
	{ "a<!--!>x--!>b<!---!>x-->c<!----!>d", "abcd\n" },
	{ "a<!-- x --->b<!-- x -- > -->c", "abc\n" },
	{ "a<!-- x><!-- y -->b<!-->c<!--->d -->e", "abcd -->e\n" },
	{ "a</ bogus>b</>c</3>d<p>e", "abcd\ne\n" },
	{ "a<!data x>b<!>c<!DOCTYPE html>d", "abcd\n" },
	{ "<!DocType html><!--><html><body>a", "a\n" },
	{ "<script>'<!-->' + '</ x>'</script>b", "b\n" },
	{ "<script>if (a</b/.test('</scr')) {}</SCRIPT >x", "x\n" },
	{ "<style>p{}</style>a<noscript><p>n</p></noscript>b", "ab\n" },
	{ "<textarea><p>x</textarea>a<select><option>y</select>b", "ab\n" },
	{ "<svg><text>x</text></svg>a<svg/>b<script/>c", "ab\n" },
	{ "<plaintext>a<p>b</plaintext>", "a<p>b</plaintext>\n" },
	{ "<xmp>a<p>\n</xmp>b", "a<p>\nb\n" },
	{ "a<script>x", "a\n" },
	{ "<div hidden>x</div><p style='display: none'>y</p>z", "z\n" },
	{ "<p style='DISPLAY:NONE'>a<p style='x:y; display : none ;'>b"
	  "<p style='display:none!important'>c<i style='top:0;display\n:none'>d</i>",
	    "" },
	{ "<p style='display:none; display:block'>a<p style='xdisplay:none'>b"
	  "<p style='display:no-ne;display'>c<p style='a:display:none'>d",
	    "a\nb\nc\nd\n" },
	/* quotations */
	{ "a <q>b <b><q>c</q></b> d</q>, <q></q><q lang=fr>e</q>f",
	    "a \u201cb \u2018c\u2019 d\u201d, \u201ce\u201df\n" },
	{ "<q>\"a\"</q> \u00ab<q>b</q>\u00bb <q><p>c</p></q><q><p>d</q>e",
	    "\"a\" \u00abb\u00bb\nc\nde\n" },
	{ "<div popover>x</div><div POPOVER=manual>y</div>z", "z\n" },
	{ "<head><title>T</title></head><body>b</body></html> c", "b c\n" },
	{ "<div><b>a</b></div>b<p>c</b>d", "a\nb\ncd\n" },
	{ "<p>a<table><tr><td>b</td><td>c</table>", "a\nb | c\n" },
	{ "<x-a><x-b>a</x-a>b", "ab\n" },
	{ "<nav>n</nav><footer>f</footer>", "n\nf\n" },
	/* <noscript> cannot change the page outside of it */
	{ "<noscript><div></noscript><div><p>a</p></div>", "a\n" },
	{ "<div><noscript></div><table><tr></noscript>a</div>b", "a\nb\n" },
	{ "<head><noscript><img></noscript><title>t</title></head>a", "a\n" },
	{ "a<noscript><style>x</noscript>b", "ab\n" },
	/* controls are dropped */
	{ "a\x01\x1F&#2;b", "ab\n" },
	/* React streams */
	{ "<div hidden id='S:0'>a</div><div hidden id=S>b</div>", "a\n" },
	/* the page for browsers without frames */
	{ "<html><frameset><frame><noframes><p>a&amp;b</noframes></frameset>", "a&b\n" },
};

START_TEST(all_text)
{
	assert_span(page_extract(span_of(all[_i].in), false).text, all[_i].want);
}
END_TEST

#define PROSE                                                                            \
	"Thirty and more characters of prose without a link, so it counts as a "         \
	"sentence. "
#define LINE                                                                             \
	"Thirty and more characters of prose without a link, so it counts as a "         \
	"sentence.\n"
#define PROSE4 "<p>" PROSE "<p>" PROSE "<p>" PROSE "<p>" PROSE
#define LINE4  LINE LINE LINE LINE

/* The main text of a page. */
static const struct {
	const char *in, *want;
} mains[] = {
	{ "<nav><a href=/>Home</a></nav><main>" PROSE4 "</main><footer>imprint</footer>",
	    LINE4 },
	/* numbers of items that the text has, too */
	{ "<main>" PROSE4 "<ol><li><span>1.</span><p>a</p><li><b>(2)</b> b<li>3: c"
	  "<li>[4]d<li>4. e<li>6.5 f<li>7.<li>8 g</ol><ol start=7 type=a><li><p>g)</p>"
	  "<p>h</ol><ol><li><p>1</p>i<li><p>2</p>j</ol><ol><li><p>1</p>k<li>l</ol>"
	  "<ul><li>1. m</ul></main>",
	    LINE4 "1. a\n2. b\n3. c\n4. [4]d\n5. 4. e\n6. 6.5 f\n7. 7.\n8. 8 g\n"
		  "g. h\n1. i\n2. j\n1. 1\nk\n2. l\n- 1. m\n" },
	/* a class within a sentence names what it is, that of a byline does not */
	{ "<main>" PROSE4 "<p>As if <span class=source-cpp>valid()</span>, "
	  "<span class=tags>it</span> was what <span class=author>Goethe</span>. "
	  "<span class=author>wrote</span></p></main>",
	    LINE4 "As if valid(), it was what Goethe.\n" },
	{ "<main>" PROSE4 "<p><span class=author>Jo</span> wrote this yesterday, and "
	  "then | <span class=tags>news</span> and others</p><p>By <span class=author>Jo"
	  "</span> on May 1</p><p>a</p><span class=author>Jo</span> wrote this also, two "
	  "days ago</main>",
	    LINE4 "wrote this yesterday, and then | and others\nBy on May 1\na\n"
		  "wrote this also, two days ago\n" },
	{ "<div class=sidebar>" PROSE "</div><div class=entry-content>" PROSE4 "</div>",
	    LINE4 },
	/* a hint of boilerplate is ignored on the element with all the prose */
	{ "<div class='page-with-sidebar menu'>" PROSE4 "</div><p>x</p>", LINE4 },
	{ "<div role=banner><header>" PROSE4 "</header></div>", LINE4 },
	/* lists of links and headings without text are dropped */
	{ "<article>" PROSE4
	  "<h3>See also</h3><ul><li><a href=a>one</a><li><a href=b>two</a>"
	  "<li><a href=c>three</a></ul></article>",
	    LINE4 },
	/* a list within the text is kept */
	{ "<article>" PROSE4 "<h3>Steps</h3><ol><li>mix<li>bake</ol></article>",
	    LINE4 "Steps\n1. mix\n2. bake\n" },
	/* of a figure only the caption is dropped, unless it is that of a table or code
	 */
	{ "<article><p>" PROSE
	  "<figure class=wp-block-table><table><tr><td>a<td>b</table>"
	  "<figcaption>Table 1</figcaption></figure><p>" PROSE "<p>" PROSE "</article>",
	    LINE "a | b\nTable 1\n" LINE LINE },
	{ "<article>" PROSE4 "<figure><pre>int a;</pre></figure><p>" PROSE
	  "<figure><img src=x><figcaption>By a photographer</figcaption></figure>"
	  "<figure><blockquote>To be</blockquote></figure></article>",
	    LINE4 "int a;\n" LINE "To be\n" },
	{ "<article><figure><img src=x></figure><figcaption><p>" PROSE
	  "</figcaption>" PROSE4 "</article>",
	    LINE LINE4 },
	/* links of headings to themselves are dropped, also beside other links */
	{ "<article><h1>On C#<a href=#c title=Permalink>\u00b6</a></h1>" PROSE4
	  "<h2><a href=x>Link</a> <a href=#y>&para;</a></h2><p>" PROSE
	  "<h3><span class=a><a href=#z>\u00a7</a>Z</span></h3><p>A <a href=#n>#</a> "
	  "<dl><dt>f()<a href=#f>\uf0c1</a><dd>" PROSE "</dl></article>",
	    "On C#\n" LINE4 "Link\n" LINE "Z\nA #\nf()\n" LINE },
	{ "<article><h1>F <a href=x>[view source]</a> <a "
	  "href=#f>Permalink</a></h1>" PROSE4
	  "<h2><a href=x>[source]</a> of C<a href=y>#</a></h2><p>" PROSE
	  "<dl><dt>a <a href=x>[docs]</a><a href=#y>\u00b6</a><dt><a href=x>[rfc]</a> b"
	  "<dt>c <a href=x>[arg]</a> d<dt>e <a href=x>[12]</a><dd>" PROSE "</dl>"
	  "<ul><li>Fix it (Jo) <a href=x>\u00a7</a>\n<a href=y>\u00a7</a><li><a "
	  "href=x>\u00a7"
	  "</a> 5 and <a href=y>\u00b6</a> 6 <a href=#z>[see]</a><li>of "
	  "C<a href=y>#</a></ul></article>",
	    "F\n" LINE4 "[source] of C\n" LINE "a\n[rfc] b\nc [arg] d\ne [12]\n" LINE
	    "- Fix it (Jo)\n- \u00a7 5 and \u00b6 6 [see]\n- of C#\n" },
	/* the id of a section may be made from its heading */
	{ "<div class=body><p>" PROSE4
	  "<section id=related-work>\n<h2>2.1 Related work<a "
	  "href=#related-work>\u00b6</a></h2><p>" PROSE "</section>"
	  "<div id=menus-2><span id=x></span><h2>Menus</h2><p>" PROSE "</div>"
	  "<section id=comments><h2>2.1.3. Comments</h2><p>" PROSE "</section>"
	  "<section id=comments class=level2><h2>Comments</h2><p>" PROSE
	  "</section></div>",
	    LINE4 "2.1 Related work\n" LINE "Menus\n" LINE "2.1.3. Comments\n" LINE
		  "Comments\n" LINE },
	{ "<div class=body><p>" PROSE4 "<section id=comments><h2>Comments</h2><p>" PROSE
	  "</section><div id=related><h2>More</h2><p>" PROSE "</div>"
	  "<div id=menu><p>x</p><h2>Menu</h2><p>" PROSE "</div>"
	  "<div id=menu class=menu><h2>Menu</h2><p>" PROSE "</div></div>",
	    LINE4 },
	/* words of a name that only look like one of boilerplate */
	{ "<div class=body><p>" PROSE4 "<div class=share-price><p>" PROSE
	  "</div><div class=pagerank><p>" PROSE "</div><div class=share-buttons><p>" PROSE
	  "</div></div>",
	    LINE4 LINE LINE },
	/* a bare <main> or <article> holds the main text, however short its parts are */
	{ "<nav>n</nav><main><section><p>First</p>Squished<div><h4>One</h4><p>short"
	  "</div><div><h4>Two</h4><p>" PROSE PROSE PROSE "</div></section></main>f",
	    "First\nSquished\nOne\nshort\nTwo\n"
	    "Thirty and more characters of prose without a link, so it counts as a "
	    "sentence. " PROSE LINE },
	/* an introduction before the root is kept */
	{ "<article><header><p class=lead>" PROSE
	  "</p></header><div class=article-body>" PROSE4 "</div></article>",
	    LINE LINE4 },
	/* comments are dropped after an article, but kept if they are the page */
	{ "<article>" PROSE4 "</article><div id=comments><p>" PROSE "</div>", LINE4 },
	{ "<h1>Q</h1><div id=comments>" PROSE4 "</div>", LINE4 },
	{ "<body class=forum><div><div class=entry>" PROSE4
	  "</div><div class='x comments '>" PROSE4 "</div></div>",
	    LINE4 LINE4 },
};

/* A page that a script fills in may have its text in a <noscript>. */
START_TEST(noscript_page)
{
	struct buf b = { 0 };
	struct html_page page;

	buf_puts(&b, "<p>x<noscript><article>");
	for (int i = 0; i < 20; i++)
		buf_puts(&b, "<p>" PROSE);
	buf_puts(&b, "</article></noscript>");
	page = page_extract(buf_span(&b), true);
	ck_assert_uint_eq(page.text.n, 20 * strlen(LINE));
	/* Other pages tell to enable scripts there. */
	buf_puts(&b, "<main>");
	for (int i = 0; i < 20; i++)
		buf_puts(&b, "<p>" PROSE);
	page = page_extract(buf_span(&b), false);
	ck_assert_uint_eq(page.text.n, 20 * strlen(LINE) + 2);
	buf_free(&b);
}
END_TEST

START_TEST(main_text)
{
	assert_span(page_extract(span_of(mains[_i].in), true).text, mains[_i].want);
}
END_TEST

START_TEST(title)
{
	assert_span(
	    page_extract(SPAN("<title>\n A &amp;\t<b> </title><title>no</title>x"), true)
		.title,
	    "A & <b>");
	assert_span(page_extract(SPAN("<svg><title>t</title></svg>x"), true).title, "");
}
END_TEST

/* Patterns that make careless parsers recurse or take quadratic time: `first`, then
 * 100000 times `again`, then 100000 times `then`. */
static const struct {
	const char *first, *again, *then;
} hostile[] = {
	{ "", "<div>", "" },
	{ "", "<div>", "</b>" },
	{ "", "<div>", "</p>" },
	{ "", "<b><p>", "" },
	{ "", "<table><tr><td>x", "</tr>" },
	{ "", "<ul><li>", "</x>" },
	{ "", "<x><y>", "</x>" },
	{ "", "<a", "" },
	{ "<a ", "b=c ", ">" },
	{ "<a b='", "content ", "'>x" },
	{ "<div class='", "content ", "'>x" },
	{ "", "<", "" },
	{ "", "<!--", "" },
	{ "", "<script></", "" },
	{ "", "&", "" },
	{ "", "&CounterClockwiseContourIntegra", "" },
	{ "", "&notin", "&#9999999999" },
	{ "<a b='", "&lt &nosuch &", "'>x" },
	{ "", "<div class=lead>", "<article>" },
	{ "some words", "<span class=author>x", "</span>y" },
	{ "", "<ol><li>1. x", "<li>2" },
	{ "", "<div class=entry-content>some words that are long enough", "" },
	{ "", "<h1>", "<pre>" },
	{ "<svg>", "<![CDATA[]]>", "</>" },
	{ "", "<b><div>", "</b>" },
	{ "", "<a><p>", "x" },
	{ "", "<table><b>x", "</table>" },
	{ "", "<svg><g>", "</p>" },
	{ "", "<template><td>", "</template>" },
	{ "", "<noscript>x", "</noscript>" },
	{ "", "<font a><font b>", "<p>" },
	{ "", "<ol reversed><li>a", "" },
	{ "", "<math><semantics>", "<annotation encoding=application/x-tex>x" },
	{ "<math>", "<msup>", "" },
	{ "<math>", "<mfrac><mi>x</mi>", "" },
	{ "<math>", "<mfenced><mi>x</mi></mfenced>", "" },
	{ "", "<math><mtext>", "" },
	{ "", "<mjx-math>x", "" },
	{ "", "<span class=gutter>1", "" },
	{ "", "<sup>2", "" },
	{ "", "<sup><a href=x><span></span>", "1" },
	{ "", "<p><a href=x>next</a>", "" },
	{ "<p><a style='", "x&lt;", "'><p>x" },
	{ "", "<span class=MathJax></span>", "" },
	{ "", "<li>a", "<img class=tex alt={>" },
};

START_TEST(hostile_page)
{
	struct buf b = { 0 };

	buf_puts(&b, hostile[_i].first);
	for (int i = 0; i < 100000; i++)
		buf_puts(&b, hostile[_i].again);
	for (int i = 0; i < 100000; i++)
		buf_puts(&b, hostile[_i].then);
	page_extract(buf_span(&b), true);
	page_extract(buf_span(&b), false);
	buf_free(&b);
}
END_TEST

START_TEST(deep)
{
	struct buf b = { 0 };

	for (int i = 0; i < 100000; i++)
		buf_puts(&b, "<div>");
	buf_puts(&b, PROSE);
	assert_span(page_extract(buf_span(&b), true).text, LINE);
	buf_free(&b);
}
END_TEST

START_TEST(long_text)
{
	struct buf b = { 0 };
	struct html_page page;

	buf_puts(&b, "<p>");
	for (int i = 0; i < 2500000; i++)
		buf_puts(&b, "word ");
	page = page_extract(buf_span(&b), true);
	ck_assert_uint_eq(page.text.n, 12500000);
	buf_free(&b);
}
END_TEST

START_TEST(one_scratch_many_pages)
{
	/* The state after one page must not affect the next. */
	page_extract(
	    SPAN("<title>a</title><div><a href=x><pre><table><td>" PROSE4), true);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		assert_span(page_extract(span_of(all[i].in), false).text, all[i].want);
	for (size_t i = 0; i < sizeof mains / sizeof *mains; i++)
		assert_span(page_extract(span_of(mains[i].in), true).text, mains[i].want);
}
END_TEST

static const struct {
	const char *in;
	bool want;
} looks[] = {
	{ "<!DOCTYPE html>", true },
	{ "\xEF\xBB\xBF \n<HTML lang=en>", true },
	{ "<!-- saved --> <!-- x -->\n<head>", true },
	{ "<?xml version='1.0'?><!DOCTYPE html><html>", true },
	{ "<?xml version='1.0'?><rss>", false },
	{ "<htmlx>", false },
	{ "<p align=center>a README", false },
	{ "<!-- ", false },
	{ "<!--><html>", true },
	{ "<!-- x --!>\n<html>", true },
	{ "<html", false },
	{ "", false },
};

START_TEST(looks_like)
{
	ck_assert_int_eq(html_looks_like(span_of(looks[_i].in)), looks[_i].want);
}
END_TEST

static const struct {
	const char *in, *want;
} declared[] = {
	{ "<meta charset=utf-8>", "utf-8" },
	{ "<META CharSet = \"Shift_JIS\" />", "Shift_JIS" },
	{ "<meta http-equiv=Content-Type content='text/html; charset=euc-kr'>",
	    "euc-kr" },
	{ "<?xml version=\"1.0\" encoding=\"ISO-8859-2\"?><html>", "ISO-8859-2" },
	{ "<!-- <meta charset=big5> --><meta charset=gbk>", "gbk" },
	{ "<!--><meta charset=gbk>--><meta charset=big5>", "gbk" },
	{ "<!--- --!><meta charset=gbk>-->", "gbk" },
	{ "<!-- <meta charset=big5>", "" },
	{ "</ <meta charset=big5>", "" },
	{ "<title>meta charset=big5</title>", "" },
	{ "<title><meta charset=big5></title><meta charset=gbk>", "gbk" },
	{ "<script>'<meta charset=big5>'</script><meta charset=gbk>", "gbk" },
	{ "<style><meta charset=big5></style>", "" },
	{ "<script><meta charset=big5>", "" },
	{ "<body><p>late<meta charset=gbk>", "gbk" },
	{ "<meta name=d content='a charset=big5'><meta charset=gbk>", "gbk" },
	{ "<meta content='text/html; charset=gbk'>", "gbk" },
	{ "<meta charset=klingon><meta charset=utf-16><meta charset=gbk>", "gbk" },
	{ "<meta charset", "" },
	{ "", "" },
};

START_TEST(declared_charset)
{
	assert_span(html_declared_charset(span_of(declared[_i].in)), declared[_i].want);
}
END_TEST

static const struct {
	const char *in, *http, *meta, *want;
	bool converted;
	unsigned repaired;
} charsets[] = {
	{ "caf\xC3\xA9", "", "", "caf\u00e9", false, 0 },
	{ "caf\xC3\xA9", "iso-8859-1", "", "caf\u00e9", false, 0 }, /* valid UTF-8 wins */
	{ "caf\xE9", "iso-8859-1", "utf-8", "caf\u00e9", true, 0 },
	{ "\x93q\x94", "latin1", "", "\u201cq\u201d", true, 0 },
	{ "caf\xE9", "", "windows-1252", "caf\u00e9", true, 0 },
	{ "caf\xE9!", "", "", "caf\uFFFD!", false, 1 },
	{ "caf\xE9!", "no-such-charset", "", "caf\uFFFD!", false, 1 },
	{ "caf\xE9!", "no-such-charset", "latin1", "caf\u00e9!", true, 0 },
	{ "\xEF\xBB\xBF"
	  "a",
	    "latin1", "", "a", false, 0 },
	{ "\xFF\xFE"
	  "a\0b\0",
	    "latin1", "", "ab", true, 0 },
	{ "\xD6\xD0", "", "gb2312", "\u4e2d", true, 0 },
	{ "\x93\xFA", "", "shift_jis", "\u65e5", true, 0 },
	{ "\x1B$BF|\x1B(B", "iso-2022-jp", "", "\u65e5", true, 0 },
	/* A label has its meaning in the WHATWG Encoding Standard. */
	{ "\xE9\x80", "iso-8859-1", "", "\u00e9\u20ac", true, 0 },
	{ "\x93", "\t Latin1 \n", "", "\u201c", true, 0 },
	{ "\xE9", "us-ascii", "", "\u00e9", true, 0 },
	{ "\xFD", "ISO-8859-9", "", "\u0131", true, 0 },
	{ "\x83\x65", "x-sjis", "", "\u30c6", true, 0 },
	{ "\xC7\xD1\x8C\x63", "euc-kr", "", "\ud55c\ub620", true, 0 },
	/* Characters in which ICU differs. */
	{ "\xA1\xA4\xAA\xDE\xFF\xE9\x80", "ISO-8859-16", "",
	    "\u0104\u20ac\u0218\u021a\u00ff\u00e9\xC2\x80", true, 0 },
	{ "\xDA\xDB\xDE\xFB\xFC\xFF", "windows-874", "",
	    "\u0e3a\ufffd\ufffd\u0e5b\ufffd\ufffd", true, 0 },
	{ "\x80"
	  "5\xD6\xD0\x80\xFE\x59\x80",
	    "gbk", "", "\u20ac5\u4e2d\u20ac\u9fb4\u20ac", true, 0 },
	{ "\xA6\xD9\x80 \xA3\xA0\x81\x39", "gb18030", "", "\ufe10\u20ac \u3000\ufffd",
	    true, 0 },
	{ "\x88\x62\x87\xA4\x88\x40\xA4\xA4", "big5", "",
	    "\u00ca\u0304\u9f97\u31c0\u4e2d", true, 0 },
	{ "\xAE\xBE\xC1", "koi8-u", "", "\u045e\u040e\u0430", true, 0 },
	{ "\xCA\xD9", "windows-1255", "", "\u05ba\ufffd", true, 0 },
	{ "\xAA\xC1", "windows-1253", "", "\ufffd\u0391", true, 0 },
	{ "\x80\xA5\xC6\x8E\xB1", "euc-jp", "", "\ufffd\u30c6\uff71", true, 0 },
	{ "\x80\x83\x65\xA0", "shift_jis", "", "\xC2\x80\u30c6\ufffd", true, 0 },
	{ "\x80\xC7\xD1\xFF", "euc-kr", "", "\ufffd\ud55c\ufffd", true, 0 },
	/* Labels that only ICU knows are ignored. */
	{ "\xD6\xD0", "ibm-1047", "gb2312", "\u4e2d", true, 0 },
	{ "\xD6\xD0", "latin1,utf-8", "gbk", "\u00d6\u00d0", true, 0 },
	/* Bytes declared as UTF-8 are repaired; no other charset is tried. */
	{ "a\xE9", "utf8", "latin1", "a\ufffd", false, 1 },
	{ "", "", "", "", false, 0 },
};

START_TEST(charset)
{
	struct recoder *r = recoder_new();
	struct span in = span_of(charsets[_i].in);
	const struct span names[] = { span_of(charsets[_i].http),
		span_of(charsets[_i].meta) };
	struct recoded out;

	if (in.n == 3 && in.p[0] == '\xFF')
		in.n = 6; /* UTF-16 */
	for (int i = 0; i < 3; i++) {
		recode(r, in, names, 2, &out);
		assert_span(out.text, charsets[_i].want);
		ck_assert_int_eq(out.converted, charsets[_i].converted);
		ck_assert_uint_eq(out.repaired, charsets[_i].repaired);
	}
	recoder_free(r);
}
END_TEST

START_TEST(many_charsets)
{
	struct recoder *r = recoder_new();

	/* More names than the recoder keeps, each twice. */
	for (int i = 0; i < 60; i++) {
		struct buf name = { 0 };
		struct recoded out;
		struct span s;

		buf_putf(&name, i % 3 == 2 ? "none-%d" : "windows-125%d",
		    i % 3 == 2 ? i : i % 9);
		s = buf_span(&name);
		recode(r, SPAN("\xE1"), &s, 1, &out);
		ck_assert_int_eq(out.converted, i % 3 != 2);
		ck_assert(utf8_valid(out.text));
		buf_free(&name);
	}
	recoder_free(r);
}
END_TEST

#define ROWS(t) ((int)(sizeof(t) / sizeof *(t)))

Suite *
html_suite(void)
{
	Suite *s = suite_create("html");
	TCase *c = tcase_create("html");

	tcase_add_checked_fixture(c, page_set_up, page_tear_down);
	tcase_add_loop_test(c, all_text, 0, ROWS(all));
	tcase_add_loop_test(c, main_text, 0, ROWS(mains));
	tcase_add_test(c, noscript_page);
	tcase_add_test(c, title);
	tcase_add_loop_test(c, hostile_page, 0, ROWS(hostile));
	tcase_add_test(c, deep);
	tcase_add_test(c, long_text);
	tcase_add_test(c, one_scratch_many_pages);
	tcase_add_loop_test(c, looks_like, 0, ROWS(looks));
	tcase_add_loop_test(c, declared_charset, 0, ROWS(declared));
	tcase_add_loop_test(c, charset, 0, ROWS(charsets));
	tcase_add_test(c, many_charsets);
	suite_add_tcase(s, c);
	return s;
}
