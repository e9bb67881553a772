/* fuzz_page_fields.c - any bytes as HTTP headers and a page: its fields are valid UTF-8
 * without controls, within their limits, and reproducible.
 */
#include <stdlib.h>

#include "filters/web/http.h"
#include "filters/web/meta/page_fields_impl.h"
#include "filters/web/page/html_page.h"
#include "lib/text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct target {
	struct page_fields *fields;
	struct page_origin from;
};

static void
check(bool holds)
{
	if (!holds)
		abort();
}

static void
see(void *arg, const struct html_document *document, struct span title)
{
	struct target *t = arg;

	page_fields_find(t->fields, document, title, &t->from);
}

static void
put(struct buf *out, struct span s)
{
	if (s.n == 0)
		return;
	check(s.n <= PAGE_FIELD_MAX);
	for (size_t i = 0; i < s.n; i++)
		check((unsigned char)s.p[i] >= ' ');
	buf_put(out, s.p, s.n);
	buf_putc(out, '\n');
}

/* All fields of a page, in a copy of the exact size. */
static void
find(struct html *h, struct target *t, struct span page, struct buf *out)
{
	const struct page_fields *f = t->fields;
	char *copy = xmalloc(page.n + 1);
	const struct html_options options = { .main_only = true };
	struct html_page text;

	memcpy(copy, page.p, page.n);
	html_extract(h, (struct span){ copy, page.n }, &options, &text);
	out->n = 0;
	for (int i = 0; i < PAGE_FIELDS; i++) {
		check(f->value[i].n == 0 || utf8_valid(f->value[i]));
		put(out, f->value[i]);
	}
	for (size_t i = 0; i < f->licenses.n; i++)
		put(out, f->licenses.v[i]);
	for (size_t i = 0; i < f->reservations.n; i++)
		put(out, f->reservations.v[i]);
	put(out, f->tdm_policy);
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct html *h;
	static struct target t;
	const struct span in = { (const char *)data, n };
	struct buf page = { 0 }, first = { 0 }, again = { 0 };
	const size_t head = http_header_length(in);

	if (n == 0)
		return 0;
	if (!h) {
		h = html_new(html_tables_new());
		t.fields = page_fields_new((1u << PAGE_FIELDS) - 1);
		html_watch(h, see, &t);
	}
	t.from.headers = (struct span){ in.p, head };
	t.from.url = http_header_value(t.from.headers, "url");
	t.from.date = http_header_value(t.from.headers, "date");
	utf8_repair(&page, span_from(in, head));
	for (size_t i = 0; i < page.n; i++)
		page.p[i] = page.p[i] ? page.p[i] : '?';
	buf_reserve(&page, 1);
	find(h, &t, buf_span(&page), &first);
	find(h, &t, buf_span(&page), &again);
	check(span_eq(buf_span(&first), buf_span(&again)));
	buf_free(&page);
	buf_free(&first);
	buf_free(&again);
	return 0;
}
