/* fuzz_html_parser.c - any text as a page: the tree is well-formed, small, and has each
 * byte of text once.
 */
#include <stdlib.h>

#include "filters/web/html/html_document.h"
#include "lib/base/chars.h"
#include "lib/base/mem.h"
#include "lib/text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check(bool holds)
{
	if (!holds)
		abort();
}

/* The links of a node agree with those of its neighbours.  Returns its children. */
static size_t
check_links(const struct html_dom *d, uint32_t i)
{
	const struct dom_node *node = d->node;
	size_t n = 0;
	uint32_t last = 0;

	if (i && !dom_is_element(&node[i]))
		return 0;
	for (uint32_t k = node[i].first; k; k = node[k].next) {
		check(k < d->n && node[k].parent == i && node[k].prev == last);
		check(++n <= d->n);
		last = k;
	}
	check(node[i].last == last);
	return n;
}

/* Note that bytes are used, each once. */
static void
use(unsigned char *used, size_t n, size_t at, size_t bytes)
{
	check(at <= n && bytes <= n - at);
	for (size_t i = at; i < at + bytes; i++)
		check(!used[i]++);
}

/* Whether text may be missing: framesets, and columns in a template, have none. */
static bool
may_lose_text(const struct html_dom *d)
{
	for (size_t i = 1; i < d->n; i++)
		if (d->node[i].code == T_FRAMESET || d->node[i].code == T_TEMPLATE)
			return true;
	return false;
}

static void
check_text(const struct html_document *d, size_t n)
{
	const struct buf *decoded = &d->source->decoded;
	unsigned char *in_page = xcalloc(n + 1, 1),
		      *in_decoded = xcalloc(decoded->n + 1, 1);

	for (size_t i = 1; i < d->dom->n; i++) {
		const struct html_text *t = &d->dom->node[i].text;

		if (d->dom->node[i].code != DOM_TEXT)
			continue;
		check(t->n > 0 && utf8_valid(html_text_span(d->source, *t)));
		if (t->at & TEXT_DECODED)
			use(in_decoded, decoded->n, t->at & ~TEXT_DECODED, t->n);
		else
			use(in_page, n, t->at, t->n);
	}
	/* White space outside of <body> is not text. */
	for (size_t i = 0; i < decoded->n && !may_lose_text(d->dom); i++)
		check(in_decoded[i] || is_space(decoded->p[i]));
	free(in_page);
	free(in_decoded);
}

static void
check_document(const struct html_document *d, size_t n)
{
	size_t children = 0;

	check(d->dom->n <= n / 4 + n + HTML_FREE_COPIES + 16);
	for (uint32_t i = 0; i < d->dom->n; i++) {
		const struct dom_node *node = &d->dom->node[i];

		children += check_links(d->dom, i);
		check(node->code != DOM_DOCUMENT || i == 0);
		if (dom_is_element(node))
			check(node->attr < d->source->attrs &&
			      (node->at == NO_TAG || node->at < n));
	}
	check(children < d->dom->n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct html_names names;
	static struct html_parser *parser;
	char *page;

	if (!parser) {
		html_names_init(&names);
		parser = html_parser_new(&names, html_references_new());
	}
	if (n < 1 || !utf8_valid((struct span){ (const char *)data + 1, n - 1 }))
		return 0;
	n--;
	page = xmalloc(n + 1);
	memcpy(page, data + 1, n);
	/* The first byte is how <noscript> is read, whether comments are kept, and
	 * whether the page is XHTML. */
	for (int i = 0; i < 2; i++) {
		const struct html_document d =
		    html_parse(parser, (struct span){ page, n },
			(enum html_noscript)(data[0] % 3), data[0] >> 2 & 3);

		check_document(&d, n);
		check_text(&d, n);
	}
	free(page);
	return 0;
}
