/* check_html_parser.c - tests of the trees that the HTML parser builds, and of its
 * limits. */
#include <check.h>
#include <stdlib.h>

#include "filters/web/html/html_document.h"
#include "lib/base/chars.h"
#include "lib/base/mem.h"
#include "tests/unit/filters/html_dump.h"

Suite *html_parser_suite(void);

static struct html_parser *parser;

static void
set_up(void)
{
	dump_set_up();
	parser = html_parser_new(&names, references);
}

static void
tear_down(void)
{
	html_parser_free(parser);
	dump_tear_down();
}

/* Trees: "tag(children)", 'text'; the namespace and ':' before foreign names; <html> and
 * a <head> without content are left out. */
static bool
follows_text(const struct html_document *d, const struct dom_node *n)
{
	return n->code == DOM_TEXT && n->prev && d->dom->node[n->prev].code == DOM_TEXT;
}

static void
put_node(const struct html_document *d, const struct dom_node *n)
{
	const unsigned tag = html_tag_of(n->code);

	if (n->code == DOM_TEXT) {
		if (follows_text(d, n))
			out.n--;
		else
			buf_putc(&out, '\'');
		put_text(html_text_span(d->source, n->text));
		buf_putc(&out, '\'');
	} else if (n->code == DOM_COMMENT) {
		buf_puts(&out, "<!>");
	} else if (n->code == DOM_DOCTYPE) {
		buf_puts(&out, "doctype");
	} else {
		buf_puts(&out, n->code & CODE_SVG      ? "svg:"
			       : n->code & CODE_MATHML ? "math:"
						       : "");
		if (tag == T_OTHER)
			put_name((struct span){ d->source->begin + n->at + 1,
			    (size_t)(html_tag_attrs(d->source, n->at) - d->source->begin -
				     n->at - 1) });
		else
			put_name(span_of(html_tag_name(tag)));
	}
}

static void
put_tree(const struct html_document *d)
{
	const struct dom_node *node = d->dom->node;
	uint32_t i = node[0].first;

	while (i) {
		const bool shown =
		    node[i].code != T_HTML && (node[i].code != T_HEAD || node[i].first);

		if (shown && out.n && out.p[out.n - 1] != '(' &&
		    !follows_text(d, &node[i]))
			buf_putc(&out, ' ');
		if (shown)
			put_node(d, &node[i]);
		if (dom_is_element(&node[i]) && node[i].first) {
			if (shown)
				buf_putc(&out, '(');
			i = node[i].first;
			continue;
		}
		while (i && !node[i].next) {
			i = node[i].parent;
			if (i && node[i].code != T_HTML)
				buf_putc(&out, ')');
		}
		i = node[i].next;
	}
}

static void
put_page(struct span page, enum html_noscript noscript, unsigned flags)
{
	const struct html_document d =
	    html_parse(parser, page, noscript, HTML_EXACT | flags);

	put_tree(&d);
}

static const struct {
	const char *in, *want;
} trees[] = {
	/* before <body> */
	{ "", "body" },
	{ " <!doctype html> <!--a--> x", "doctype <!> body('x')" },
	{ "<p>a", "body(p('a'))" },
	{ "</p>a", "body('a')" },
	{ "</div>a", "body('a')" },
	{ "<html><!--a--><head></head> <body> b", "<!> ' ' body(' b')" },
	{ "<title>a&lt;<b></title><link><meta>b",
	    "head(title('a<<b>') link meta) body('b')" },
	{ "<style>a</style><script>b</script><base>",
	    "head(style('a') script('b') base) body" },
	{ "<head></head><title>a</title>b", "head(title('a')) body('b')" },
	{ "<head><head><p>a<head></head>", "body(p('a'))" },
	{ "<noscript><link>a</noscript>", "head(noscript(link)) body('a')" },
	{ "<script>a", "head(script('a')) body" },
	/* after <body> */
	{ "a</body> <!--b--></html> <!--c--> d", "body('a   d') <!> <!>" },
	{ "a</html>b<html><body>c", "body('abc')" },
	/* blocks */
	{ "<p>a<div>b<p>c</div>d", "body(p('a') div('b' p('c')) 'd')" },
	{ "<p>a<h1>b<h2>c</h1>d", "body(p('a') h1('b') h2('c') 'd')" },
	{ "<ul><li>a<li>b<ul><li>c</ul>d</ul>",
	    "body(ul(li('a') li('b' ul(li('c')) 'd')))" },
	{ "<li><div><li>", "body(li(div) li)" },
	{ "<li><section><li>", "body(li(section(li)))" },
	{ "<dl><dt>a<dd>b<dt>c</dl>", "body(dl(dt('a') dd('b') dt('c')))" },
	{ "<div>a</p>b</div></div>c", "body(div('a' p 'b') 'c')" },
	{ "<pre>\n\na</pre><textarea>\nb</textarea>", "body(pre('\na') textarea('b'))" },
	{ "<form>a<form>b</form>c</form>", "body(form('ab') 'c')" },
	{ "<form><div></form>a</div>b", "body(form(div('a')) 'b')" },
	{ "<button>a<button>b", "body(button('a') button('b'))" },
	{ "<p>a<button><p>b</p></button>c", "body(p('a' button(p('b')) 'c'))" },
	{ "<plaintext>a<p>", "body(plaintext('a<p>'))" },
	{ "<p><xmp>a<b></xmp>c", "body(p xmp('a<b>') 'c')" },
	{ "<iframe><p></iframe><noembed><p></noembed>",
	    "body(iframe('<p>') noembed('<p>'))" },
	{ "a<br>b</br>c<hr>", "body('a' br 'b' br 'c' hr)" },
	{ "<image>a<img>", "body(img 'a' img)" },
	{ "<x-y>a</X-Y>b</x-z>c", "body(x-y('a') 'bc')" },
	{ "<span>a<div></span>b", "body(span('a' div('b')))" },
	{ "<ruby>a<rp>(<rt>b<rp>)</ruby>", "body(ruby('a' rp('(') rt('b') rp(')')))" },
	{ "<object><p>a</object>b", "body(object(p('a')) 'b')" },
	/* <select> */
	{ "<select><option>a<option>b<optgroup>c</select>d",
	    "body(select(option('a') option('b') optgroup('c')) 'd')" },
	{ "<select><p>a</select>b<option>c<option>d",
	    "body(select(p('a')) 'b' option('c') option('d'))" },
	{ "<select>a<select>b", "body(select('a') 'b')" },
	{ "<select>a<input>b", "body(select('a') input 'b')" },
	{ "<select><option>a<hr>b", "body(select(option('a') hr 'b'))" },
	/* formatting */
	{ "<b>a<p>b</b>c", "body(b('a') p(b('b') 'c'))" },
	{ "<b><i>a</b>b</i>c", "body(b(i('a')) i('b') 'c')" },
	{ "<p><b>a<p>b", "body(p(b('a')) p(b('b')))" },
	{ "<a>b<a>c", "body(a('b') a('c'))" },
	{ "<a><div>b<a>c", "body(a div(a('b') a('c')))" },
	{ "<b><b><b><b>a<p>b", "body(b(b(b(b('a' p('b'))))))" },
	{ "<p><b><b><b><b>a<p>b", "body(p(b(b(b(b('a'))))) p(b(b(b('b')))))" },
	{ "<p><font x=1 y=2><font y=2 x=1><font x=1 y=2 x=3><font y=2 x=1>a<p>b",
	    "body(p(font(font(font(font('a'))))) p(font(font(font('b')))))" },
	{ "<nobr>a<nobr>b", "body(nobr('a') nobr('b'))" },
	{ "<b><table><td><b></table>a", "body(b(table(tbody(tr(td(b)))) 'a'))" },
	{ "<em>a<div>b<p>c</em>d", "body(em('a') div(em('b') p(em('c') 'd')))" },
	{ "</b>a", "body('a')" },
	/* tables */
	{ "<table>a<tr><td>b<td>c</table>d",
	    "body('a' table(tbody(tr(td('b') td('c')))) 'd')" },
	{ "<table> <!--a--><caption>b<col>c<thead><th>d<tfoot>",
	    "body('c' table(' ' <!> caption('b') colgroup(col) thead(tr(th('d'))) "
	    "tfoot))" },
	{ "<table><div>a</div><tr><p>b", "body(div('a') p('b') table(tbody(tr)))" },
	{ "<table><tr><td>a</tr><tr><td>b</tbody>c",
	    "body('c' table(tbody(tr(td('a')) tr(td('b')))))" },
	{ "<table>a<table>b", "body('a' table 'b' table)" },
	{ "<table><td><table>a</table>b</table>c",
	    "body(table(tbody(tr(td('a' table 'b')))) 'c')" },
	{ "<table><a>1<td>2</td>3", "body(a('1') a('3') table(tbody(tr(td('2')))))" },
	{ "<table><input type=HIDDEN><input><form><b>a",
	    "body(input b('a') table(input form))" },
	{ "<table><caption>a</table>b", "body(table(caption('a')) 'b')" },
	{ "<table><colgroup> a", "body('a' table(colgroup(' ')))" },
	{ "<p>a<table></p>b", "body(p('a' p 'b' table))" },
	{ "<!doctype html><p>a<table>b", "doctype body(p('a') 'b' table)" },
	{ "<td>a<tr>b", "body('ab')" },
	{ "<table><script>a</script><style>b</style></table>",
	    "body(table(script('a') style('b')))" },
	/* templates */
	{ "<template>a<td>b</template>c", "head(template('a' td('b'))) body('c')" },
	{ "<template><td>a</td>b<tr>c</template>d",
	    "head(template(td('a') 'bc')) body('d')" },
	{ "<body><template><col>a</template><template><tr><td>b",
	    "body(template(col) template(tr(td('b'))))" },
	{ "<div><template></div><p>a</template>b</div>c",
	    "body(div(template(p('a')) 'b') 'c')" },
	{ "<table><template><caption>a</template></table>",
	    "body(table(template(caption('a'))))" },
	/* frames */
	{ "<frameset>a <frame><noframes><p></noframes></frameset>b </html> c",
	    "frameset(' ' frame noframes('<p>')) '  '" },
	{ "<b><frameset></frameset></html> c", "frameset b(' ')" },
	{ "<br><frameset>", "body(br)" },
	{ " <p> <frameset><frame>", "frameset(frame)" },
	{ "<frameset><frameset></frameset></frameset><frame>", "frameset(frameset)" },
	/* SVG and MathML */
	{ "<svg><g/>a<title>b<p>c</title>d</svg>e",
	    "body(svg:svg(svg:g 'a' svg:title('b' p('cde'))))" },
	{ "<svg><foreignObject><i>a</foreignObject>b",
	    "body(svg:svg(svg:foreignobject(i('ab'))))" },
	{ "<svg>a<p>b", "body(svg:svg('a') p('b'))" },
	{ "<svg><font>a<font size=1>b", "body(svg:svg(svg:font('a')) font('b'))" },
	{ "<svg><![CDATA[<p>a]]><![CDATA[]]>b", "body(svg:svg('<p>ab'))" },
	{ "<svg><script>a<p></script>b", "body(svg:svg(svg:script('a')) p('b'))" },
	{ "<math><mi><u>a</u></mi><mglyph><svg>b</math>c",
	    "body(math:math(math:mi(u('a')) math:mglyph(math:svg('b'))) 'c')" },
	{ "<math><mi><mglyph><b>a", "body(math:math(math:mi(math:mglyph b('a'))))" },
	{ "<math><annotation-xml><svg>a<p>b",
	    "body(math:math(math:annotation-xml(svg:svg('a'))) p('b'))" },
	{ "<math><annotation-xml encoding=Text/HTML><p>a",
	    "body(math:math(math:annotation-xml(p('a'))))" },
	{ "<svg><g></svg>a</p>b", "body(svg:svg(svg:g) 'a' p 'b')" },
	{ "<div><svg><g></div>a", "body(div(svg:svg(svg:g)) 'a')" },
};

START_TEST(tree)
{
	put_page(span_of(trees[_i].in), NOSCRIPT_MARKUP, 0);
	assert_out(trees[_i].want);
}
END_TEST

static const struct {
	enum html_noscript noscript;
	const char *in, *want;
} noscripts[] = {
	{ NOSCRIPT_RAW, "<noscript><p>a</noscript>b",
	    "head(noscript('<p>a')) body('b')" },
	{ NOSCRIPT_RAW, "<p><noscript><p>a</noscript>b",
	    "body(p(noscript('<p>a') 'b'))" },
	{ NOSCRIPT_APART, "<noscript><p>a</noscript><title>b</title>",
	    "head(noscript(p('a')) title('b')) body" },
	{ NOSCRIPT_APART, "<div><noscript><div></noscript>a",
	    "body(div(noscript(div) 'a'))" },
	{ NOSCRIPT_APART, "<div><noscript></div></body></noscript>a</div>b",
	    "body(div(noscript 'a') 'b')" },
	{ NOSCRIPT_APART, "<b><noscript><p></b>a</noscript>b",
	    "body(b(noscript(p('a')) 'b'))" },
	{ NOSCRIPT_APART, "<p><noscript><i>a</noscript>b",
	    "body(p(noscript(i('a')) 'b'))" },
	{ NOSCRIPT_APART, "<p><noscript><noscript>a</noscript>b",
	    "body(p(noscript('a') 'b'))" },
	{ NOSCRIPT_APART, "<p><noscript><style>a<!--</noscript>b",
	    "body(p(noscript(style('a<!--')) 'b'))" },
	{ NOSCRIPT_APART, "<table><td><noscript><table><td>a</noscript>b</table>c",
	    "body(table(tbody(tr(td(noscript(table(tbody(tr(td('a'))))) 'b')))) 'c')" },
	{ NOSCRIPT_APART, "<table><noscript>a<table>b</noscript><td>c",
	    "body(noscript('ab' table) table(tbody(tr(td('c')))))" },
	{ NOSCRIPT_APART, "<p><noscript>a<template>b<tr>c</noscript>d",
	    "body(p(noscript('a' template('b' tr 'c')) 'd'))" },
	{ NOSCRIPT_APART, "<p><noscript>a", "body(p(noscript('a')))" },
};

START_TEST(noscript)
{
	put_page(span_of(noscripts[_i].in), noscripts[_i].noscript, 0);
	assert_out(noscripts[_i].want);
}
END_TEST

/* Pages served as XML; the last ones are not well-formed. */
static const struct {
	const char *in, *want;
} xmls[] = {
	{ "<script src='a'/><p>b</p>", "head(script) body(p('b'))" },
	{ "<title/><style/>a<textarea/>b<iframe/>c<xmp/>d<plaintext/>e",
	    "head(title style) body('a' textarea 'b' iframe 'c' xmp 'd' plaintext 'e')" },
	{ "<div/>a<p/>b<a name='x'/>c<b/>d<span/>e",
	    "body(div 'a' p 'b' a 'c' b 'd' span 'e')" },
	{ "<foo:bar/>a<table/>b<ul><li/>c</ul><pre/>\nd",
	    "body(foo:bar 'a' table 'b' ul(li 'c') pre '\nd')" },
	{ "a<br/>b<img src='/'/>c<hr />d<input/>e",
	    "body('a' br 'b' img 'c' hr 'd' input 'e')" },
	{ "<head><noscript/><meta/></head>a<noscript/>b",
	    "head(noscript meta) body('a' noscript 'b')" },
	{ "<svg><g/><title/><svg/>a</svg>b<math/>c",
	    "body(svg:svg(svg:g svg:title svg:svg 'a') 'b' math:math 'c')" },
	{ "<p>a<![CDATA[<b> & &lt;]]>c<![CDATA[]]>d</p>", "body(p('a<b> & &lt;cd'))" },
	{ "<title>a<![CDATA[<b>&lt;]]>&lt;<![CDATA[c</title>d",
	    "head(title('a<b>&lt;<c')) body('d')" },
	{ "<p>a<div>b<p>c</div>d<BR>e", "body(p('a') div('b' p('c')) 'd' br 'e')" },
	{ "a<![CDATA[b<![CDATA[c<p>d", "body('a' <!> 'b' <!> 'c' p('d'))" },
	{ "<title>a</b></title><script>b</title/></script>c</p/>d",
	    "head(title('a</b>') script('b</title/>')) body('c' p 'd')" },
	{ "a<div", "body('a')" },
};

START_TEST(xml)
{
	put_page(span_of(xmls[_i].in), NOSCRIPT_APART, HTML_XML);
	assert_out(xmls[_i].want);
}
END_TEST

/* The attributes of a second <body> are noted. */
START_TEST(more_attrs)
{
	const struct html_document d = html_parse(
	    parser, SPAN("<html id=a><p>b<html id=c><body id=d>"), NOSCRIPT_APART, 0);

	ck_assert_uint_eq(d.more_n, 2);
	ck_assert_uint_eq(d.dom->node[d.more[0].node].code, T_HTML);
	ck_assert_uint_eq(d.dom->node[d.more[1].node].code, T_BODY);
	ck_assert_uint_gt(d.more[1].attr, 0);
}
END_TEST

/* The depth of the deepest node, and the bytes of text. */
static void
measure(const struct html_document *d, int *depth, size_t *text)
{
	const struct dom_node *node = d->dom->node;

	*depth = 0;
	*text = 0;
	for (size_t i = 1; i < d->dom->n; i++) {
		int n = 0;

		if (node[i].code == DOM_TEXT)
			*text += node[i].text.n;
		for (uint32_t up = (uint32_t)i; up; up = node[up].parent)
			n++;
		*depth = n > *depth ? n : *depth;
	}
}

static const struct {
	const char *again, *then;
	size_t text; /* of each again and then */
} deep[] = {
	{ "<div>x", "</div>y", 2 },
	{ "<b>x", "", 1 },
	{ "<a><p>x", "", 1 },
	{ "<b><p>x", "</b>", 1 },
	{ "<i a><div>x", "</i></div>y", 2 },
	{ "<div/>x", "", 1 },
	{ "<svg><g>x", "</g>y", 2 },
	{ "<svg><g/>x", "", 1 },
	{ "<svg><script>x", "</script>y", 2 },
	{ "<svg><style>x", "</style>y", 2 },
	{ "<math><title>x<area>y", "", 2 },
	{ "<table><td>x", "</table>y", 2 },
	{ "<noscript>x", "", 1 },
	{ "<template>x", "", 1 },
};

/* Elements beyond the limits are not made, and no text is lost. */
START_TEST(limits)
{
	enum { TIMES = 3000 };
	struct html_document d;
	struct buf page = { 0 };
	size_t text;
	int depth;

	for (int i = 0; i < TIMES; i++)
		buf_puts(&page, deep[_i].again);
	for (int i = 0; i < TIMES; i++)
		buf_puts(&page, deep[_i].then);
	d = html_parse(parser, buf_span(&page), NOSCRIPT_APART, 0);
	measure(&d, &depth, &text);
	ck_assert_uint_eq(text, deep[_i].text * (size_t)TIMES);
	ck_assert(depth <= 2 * HTML_DEPTH);
	ck_assert_uint_le(d.dom->n, page.n);
	buf_free(&page);
}
END_TEST

static void
put_times(struct buf *page, const char *s, int times)
{
	for (int i = 0; i < times; i++)
		buf_puts(page, s);
}

/* A page that would take far longer than the timeout in quadratic time: names without an
 * end, and attributes that are hashed for each element. */
START_TEST(linear_time)
{
	struct buf page = { 0 }, tag = { 0 };

	buf_puts(&page, "<script><!--");
	put_times(&page, "<a", 1 << 20);
	buf_puts(&page, "</script>");
	buf_puts(&tag, "<b ");
	for (int i = 0; i < 1 << 18; i++)
		buf_putf(&tag, " a%d", i);
	buf_puts(&tag, ">");
	buf_putc(&tag, '\0');
	put_times(&page, tag.p, 3);
	for (int i = 0; i < 10000; i++) {
		buf_puts(&page, "<b></b>");
		put_times(&page, "<div>", 10);
		buf_puts(&page, "</b>");
		put_times(&page, "</div>", 10);
	}
	html_parse(parser, buf_span(&page), NOSCRIPT_APART, 0);
	buf_free(&page);
	buf_free(&tag);
}
END_TEST

/* The end tags of elements that were not made close no others. */
START_TEST(deep_and_closed)
{
	struct buf page = { 0 };

	buf_puts(&page, "<main>");
	for (int i = 0; i < 1000; i++)
		buf_puts(&page, "<div>");
	for (int i = 0; i < 1000; i++)
		buf_puts(&page, "</div>");
	buf_puts(&page, "<p>a");
	put_page(buf_span(&page), NOSCRIPT_APART, 0);
	buf_putc(&out, '\0');
	ck_assert_str_eq(strchr(out.p, ' '), " p('a')))");
	buf_free(&page);
}
END_TEST

/* The text of a page with too many nodes, and of one with too many for its size. */
START_TEST(too_many_nodes)
{
	struct html_document d;
	struct buf page = { 0 };
	struct span rest;

	put_times(&page, _i ? "<p>" : "<br>", _i ? HTML_FREE_NODES * 8 : HTML_NODES + 10);
	buf_puts(&page, "<p>a<script>b</script>c&lt;d<title>e</title>f");
	d = html_parse(parser, buf_span(&page), NOSCRIPT_APART, 0);
	ck_assert_uint_le(d.dom->n,
	    _i ? HTML_FREE_NODES + page.n / HTML_BYTES_PER_NODE : HTML_NODES + 16);
	rest = html_text_span(d.source, d.dom->node[d.dom->n - 1].text);
	ck_assert(span_eq(rest, SPAN("a\nc<d\nf\n")));
	buf_free(&page);
}
END_TEST

#define ROWS(t) ((int)(sizeof(t) / sizeof *(t)))

Suite *
html_parser_suite(void)
{
	Suite *s = suite_create("html_parser");
	TCase *c = tcase_create("html_parser");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, tree, 0, ROWS(trees));
	tcase_add_loop_test(c, noscript, 0, ROWS(noscripts));
	tcase_add_loop_test(c, xml, 0, ROWS(xmls));
	tcase_add_test(c, more_attrs);
	tcase_add_loop_test(c, limits, 0, ROWS(deep));
	tcase_add_test(c, linear_time);
	tcase_add_test(c, deep_and_closed);
	tcase_add_loop_test(c, too_many_nodes, 0, 2);
	suite_add_tcase(s, c);
	return s;
}
