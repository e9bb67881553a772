/* html.c - parse a web page with libxml2, build its tree, and write its text. */
#include "filters/web/html.h"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>

#include "filters/web/html_sanitize.h"
#include "filters/web/html_tree.h"
#include "lib/base/err.h"

struct html_tables {
	struct html_names names;
	struct html_class_hints *hints;
	struct html_references *references;
};

struct html {
	const struct html_tables *tables;
	struct html_tree tree;
	struct buf text, title, sanitized;
	htmlParserCtxtPtr parser;
	uint64_t end_tags; /* of this page */
	uint64_t open;	   /* elements that libxml2 has open */
	uint64_t max_open; /* its limit, where stray end tags are not reported */
	uint64_t work;	   /* steps of libxml2 for errors of this page */
	uint64_t max_work; /* its limit */
	long stopped_at;   /* the byte where the limit stopped parsing; -1: nowhere */
};

/*
 * libxml2 takes a microsecond to phrase an error, and as many steps as there are open
 * elements for a stray end tag.  A page has one error in 8 bytes before it is stopped; no
 * real page has that many.
 */
enum { ERROR_STEPS = 128, STEPS_PER_BYTE = 16, FREE_STEPS = 1000000 };

/* libxml2 2.12 made the error const. */
#if LIBXML_VERSION >= 21200
typedef const xmlError *parse_error;
#else
typedef xmlErrorPtr parse_error;
#endif

/* With these, libxml2 never sees an allocation fail: it can then fail to stop. */
static void *
allocate(size_t n)
{
	return xmalloc(n);
}

static void *
reallocate(void *p, size_t n)
{
	return xrealloc(p, n, 1);
}

struct html_tables *
html_tables_new(void)
{
	struct html_tables *t = xmalloc(sizeof *t);

	if (xmlMemSetup(free, allocate, reallocate, xstrdup) < 0)
		BUG("xmlMemSetup failed");
	xmlInitParser();
	html_names_init(&t->names);
	t->hints = html_class_hints_new();
	t->references = html_references_new();
	return t;
}

void
html_tables_free(struct html_tables *t)
{
	if (!t)
		return;
	html_class_hints_free(t->hints);
	html_references_free(t->references);
	free(t);
}

struct html *
html_new(const struct html_tables *t)
{
	struct html *h = xcalloc(1, sizeof *h);

	h->tables = t;
	h->tree.names = &t->names;
	h->tree.hints = t->hints;
	return h;
}

void
html_free(struct html *h)
{
	if (!h)
		return;
	html_tree_free(&h->tree);
	buf_free(&h->text);
	buf_free(&h->title);
	buf_free(&h->sanitized);
	free(h);
}

/* Add the steps that libxml2 takes, and stop it after too many. */
static void
count_work(struct html *h, uint64_t steps)
{
	const xmlParserInput *in = h->parser->input;

	h->work += steps;
	if (h->work <= h->max_work || h->stopped_at >= 0)
		return;
	h->stopped_at = (long)in->consumed + (in->cur - in->base);
	xmlStopParser(h->parser);
}

static void
on_start(void *ctx, const xmlChar *name, const xmlChar **atts)
{
	struct html *h = ctx;
	struct start_tag s;

	s.tag = html_tag(h->tree.names, (const char *)name);
	s.has = 0;
	for (; atts && atts[0]; atts += 2) {
		const unsigned a = html_attr((const char *)atts[0]);

		if (a == A_COUNT)
			continue;
		s.has |= 1u << a;
		s.attr[a] = span_of(atts[1] ? (const char *)atts[1] : "");
	}
	/* libxml2 2.14 and later search the open elements for any end tag, and report
	 * none. */
	if (++h->open > h->max_open && LIBXML_VERSION >= 21400)
		count_work(h, h->max_work + 1);
	html_tree_start_tag(&h->tree, &s);
}

static void
on_end(void *ctx, const xmlChar *name)
{
	struct html *h = ctx;

	h->open -= h->open > 0;
	html_tree_end_tag(&h->tree, html_tag(h->tree.names, (const char *)name));
}

static void
on_chars(void *ctx, const xmlChar *text, int n)
{
	struct html *h = ctx;

	html_tree_chars(&h->tree, (struct span){ (const char *)text, (size_t)n });
}

/* Stop a page whose errors would take more than linear time, or far more than pages. */
static void
on_error(void *ctx, parse_error e)
{
	struct html *h = ctx;
	const bool stray_end_tag =
	    e->code == XML_ERR_TAG_NAME_MISMATCH || e->code == XML_HTML_STRUCURE_ERROR;

	if (e->ctxt)
		count_work(h, ERROR_STEPS + (stray_end_tag ? h->open : 0));
}

/* Add the text after the byte where parsing stopped: all bytes outside "<...>". */
static void
add_rest_without_tags(struct html *h, struct span s)
{
	while (s.n) {
		const char *lt = memchr(s.p, '<', s.n), *gt;
		const size_t n = lt ? (size_t)(lt - s.p) : s.n;

		html_tree_chars(&h->tree, (struct span){ s.p, n });
		s = span_from(s, n);
		gt = s.n ? memchr(s.p, '>', s.n) : NULL;
		s = span_from(s, gt ? (size_t)(gt - s.p) + 1 : s.n);
	}
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
	h->parser = parser;
	/* The page is UTF-8, whatever it declares. */
	htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NONET |
				       HTML_PARSE_IGNORE_ENC | HTML_PARSE_COMPACT);
	if (xmlSwitchEncoding(parser, XML_CHAR_ENCODING_UTF8) < 0)
		BUG("libxml2 rejects UTF-8");
	h->work = h->open = 0;
	h->max_work = (uint64_t)page.n * STEPS_PER_BYTE + FREE_STEPS;
	h->max_open = h->max_work / 2 / (h->end_tags + 1);
	h->stopped_at = -1;
	htmlParseDocument(parser);
	if (h->stopped_at >= 0 && (size_t)h->stopped_at <= page.n) {
		struct span rest = span_from(page, (size_t)h->stopped_at);

		/* 2.14 and later report a start tag before its '>'. */
		if (rest.n && rest.p[0] == '>' && LIBXML_VERSION >= 21400)
			rest = span_from(rest, 1);
		add_rest_without_tags(h, rest);
	}
	htmlFreeParserCtxt(parser);
}

/* Append s with each run of white space reduced to one blank, none at the ends. */
static void
collapse_space(struct span s, struct buf *out)
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
	html_tree_begin(&h->tree);
	if (page.n)
		parse(h, html_sanitize(h->tables->references, page, HTML_MAX,
			     &h->sanitized, &h->end_tags));
	html_tree_finish(&h->tree);
	if (main_only)
		html_tree_find_main(&h->tree);
	html_tree_put_text(&h->tree, main_only, &h->text);
	collapse_space(buf_span(&h->tree.title), &h->title);
	*out = (struct html_page){ h->text.n ? buf_span(&h->text) : SPAN(""),
		h->title.n ? buf_span(&h->title) : SPAN("") };
}

const char *
html_library_version(void)
{
	return LIBXML_DOTTED_VERSION;
}
