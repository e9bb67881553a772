/* html.c - the text of a web page: libxml2 reads it, a tree is built, judged and written
 * out. */
#include "filters/web/html.h"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>

#include "filters/web/html_tree.h"
#include "lib/base/err.h"

struct html_rules {
	struct html_names names;
	struct html_marks *marks;
};

struct html {
	struct tree tree;
	struct buf text, title, tame;
	uint64_t work; /* steps that stray end tags have cost libxml2 in this page */
	uint64_t max_work;
	uint64_t open; /* elements that libxml2 has open */
};

/* libxml2 2.12 made the error of its callback const. */
#if LIBXML_VERSION >= 21200
typedef const xmlError *parse_error;
#else
typedef xmlErrorPtr parse_error;
#endif

/* A longer tag loses its attributes: libxml2 compares them all with all. */
enum { TAG_MAX = 16 * 1024 };

struct html_rules *
html_rules_new(void)
{
	struct html_rules *r = xmalloc(sizeof *r);

	xmlInitParser();
	html_names_init(&r->names);
	r->marks = html_marks_new();
	return r;
}

void
html_rules_free(struct html_rules *r)
{
	if (!r)
		return;
	html_marks_free(r->marks);
	free(r);
}

struct html *
html_new(const struct html_rules *r)
{
	struct html *h = xcalloc(1, sizeof *h);

	h->tree.names = &r->names;
	h->tree.marks = r->marks;
	return h;
}

void
html_free(struct html *h)
{
	if (!h)
		return;
	tree_free(&h->tree);
	buf_free(&h->text);
	buf_free(&h->title);
	buf_free(&h->tame);
	free(h);
}

static void
on_start(void *ctx, const xmlChar *name, const xmlChar **atts)
{
	struct html *h = ctx;
	struct start s;

	s.tag = html_tag(h->tree.names, (const char *)name);
	s.has = 0;
	for (; atts && atts[0]; atts += 2) {
		const unsigned a = html_attr((const char *)atts[0]);

		if (a == A_COUNT)
			continue;
		s.has |= 1u << a;
		s.attr[a] = span_of(atts[1] ? (const char *)atts[1] : "");
	}
	h->open++;
	tree_start(&h->tree, &s);
}

static void
on_end(void *ctx, const xmlChar *name)
{
	struct html *h = ctx;

	h->open -= h->open > 0;
	tree_end(&h->tree, html_tag(h->tree.names, (const char *)name));
}

static void
on_chars(void *ctx, const xmlChar *text, int n)
{
	struct html *h = ctx;

	tree_chars(&h->tree, (struct span){ (const char *)text, (size_t)n });
}

/*
 * libxml2 looks for the element of a stray end tag in all that is open: a page of many
 * of both would take the square of its size.  Such a page is no page: stop.
 */
static void
on_error(void *ctx, parse_error e)
{
	struct html *h = ctx;
	htmlParserCtxtPtr parser = e->ctxt;

	if (!parser ||
	    (e->code != XML_ERR_TAG_NAME_MISMATCH && e->code != XML_HTML_STRUCURE_ERROR))
		return;
	h->work += h->open;
	if (h->work > h->max_work)
		xmlStopParser(parser);
}

/* The rest of a page that was given up, its tags taken out by eye. */
static void
strip_rest(struct html *h, struct span s)
{
	while (s.n) {
		const char *lt = memchr(s.p, '<', s.n), *gt;
		const size_t n = lt ? (size_t)(lt - s.p) : s.n;

		tree_chars(&h->tree, (struct span){ s.p, n });
		s = span_from(s, n);
		gt = s.n ? memchr(s.p, '>', s.n) : NULL;
		s = span_from(s, gt ? (size_t)(gt - s.p) + 1 : s.n);
	}
}

static bool
begins_tag(const char *p, const char *end)
{
	return end - p > 1 && ((p[1] | 0x20) >= 'a' ? (p[1] | 0x20) <= 'z' : p[1] == '/');
}

/* Blank out page bytes [from, to) in the copy that libxml2 is to read. */
static void
blank_out(struct html *h, struct span page, const char *from, const char *to)
{
	if (!h->tame.n)
		buf_put(&h->tame, page.p, page.n);
	memset(h->tame.p + (from - page.p), ' ', (size_t)(to - from));
}

static const char *
name_end(const char *p, const char *end)
{
	for (p += 2; p < end - 1 && *p != ' ' && *p != '\t' && *p != '\n' && *p != '/';
	     p++)
		;
	return p;
}

static const char *
comment_end(const char *p, const char *end)
{
	for (; (p = memchr(p, '>', (size_t)(end - p))); p++)
		if (p[-1] == '-' && p[-2] == '-')
			return p + 1;
	return NULL;
}

/* The markup at p, "<!" and not "<!--": blanked out unless it is the document type. */
static const char *
tame_declaration(struct html *h, struct span page, const char *p)
{
	const char *end = page.p + page.n, *to = memchr(p, '>', (size_t)(end - p));

	if (!to)
		return end; /* nor is there any tag or comment behind */
	if ((p[2] | 0x20) != 'd')
		blank_out(h, page, p, to + 1);
	return to + 1;
}

/*
 * The page itself, or a copy without what libxml2 takes more than linear time for,
 * overlong tags and comments that do not end, and without "<![endif]>" and the like,
 * which it takes for text.
 */
static struct span
tame(struct html *h, struct span page)
{
	const char *p = page.p, *end = page.p + page.n, *to;
	bool endless = false;

	h->tame.n = 0;
	while (p < end && (p = memchr(p, '<', (size_t)(end - p)))) {
		if (end - p >= 4 && memcmp(p, "<!--", 4) == 0) {
			to = endless ? NULL : comment_end(p + 4, end);
			endless = !to;
			if (endless)
				blank_out(h, page, p, p + 4);
			p = to ? to : p + 4;
		} else if (end - p >= 3 && p[1] == '!') {
			p = tame_declaration(h, page, p);
		} else if (begins_tag(p, end)) {
			to = memchr(p, '>', (size_t)(end - p));
			to = to ? to + 1 : end;
			if (to - p > TAG_MAX)
				blank_out(h, page, name_end(p, to), to - 1);
			p = to;
		} else {
			p++;
		}
	}
	return h->tame.n ? buf_span(&h->tame) : page;
}

static void
parse(struct html *h, struct span page)
{
	htmlParserCtxtPtr parser = htmlCreateMemoryParserCtxt(page.p, (int)page.n);

	if (!parser)
		die(EXIT_SYSTEM, "out of memory in libxml2: try fewer threads (-j)");
	*parser->sax = (xmlSAXHandler){ .startElement = on_start,
		.endElement = on_end,
		.characters = on_chars,
		.ignorableWhitespace = on_chars,
		.cdataBlock = on_chars,
		.serror = on_error,
		.initialized = XML_SAX2_MAGIC };
	parser->userData = h;
	/* It is UTF-8, whatever the page says of itself. */
	htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NONET |
				       HTML_PARSE_IGNORE_ENC | HTML_PARSE_COMPACT);
	if (xmlSwitchEncoding(parser, XML_CHAR_ENCODING_UTF8) < 0)
		BUG("libxml2 refuses UTF-8");
	h->work = h->open = 0;
	h->max_work = (uint64_t)page.n * 16 + 1000000;
	htmlParseDocument(parser);
	if (h->work > h->max_work) {
		const xmlParserInput *in = parser->input;
		const size_t used = in->consumed + (size_t)(in->cur - in->base);

		if (used <= page.n)
			strip_rest(h, span_from(page, used));
	}
	htmlFreeParserCtxt(parser);
}

/* Words of a title with one space between them. */
static void
join_words(struct span s, struct buf *out)
{
	bool space = false;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ' ' || (s.p[i] >= '\t' && s.p[i] <= '\r')) {
			space = out->n > 0;
			continue;
		}
		if (space)
			buf_putc(out, ' ');
		space = false;
		buf_putc(out, s.p[i]);
	}
}

void
html_extract(struct html *h, struct span page, bool main_only, struct html_page *out)
{
	if (page.n >= HTML_MAX)
		BUG("page too large");
	h->text.n = h->title.n = 0;
	tree_begin(&h->tree);
	if (page.n)
		parse(h, tame(h, page));
	tree_finish(&h->tree);
	if (main_only)
		tree_main(&h->tree);
	tree_text(&h->tree, main_only, &h->text);
	join_words(buf_span(&h->tree.title), &h->title);
	*out = (struct html_page){ h->text.n ? buf_span(&h->text) : SPAN(""),
		h->title.n ? buf_span(&h->title) : SPAN("") };
}

const char *
html_library_version(void)
{
	return LIBXML_DOTTED_VERSION;
}
