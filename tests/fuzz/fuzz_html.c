/* fuzz_html.c - any bytes as a page: the text and Markdown are valid UTF-8 without NUL
 * and reproducible.
 */
#include <stdlib.h>

#include "filters/web/charset/recode.h"
#include "filters/web/judge/html_model.h"
#include "filters/web/page/html_page.h"
#include "lib/base/mem.h"
#include "lib/text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check(bool holds)
{
	if (!holds)
		abort();
}

static void
check_text(struct span s)
{
	check(utf8_valid(s));
	check(!memchr(s.p, '\0', s.n));
}

/* Extract from a copy of the exact size, so that a sanitizer detects a read beyond it. */
static void
extract(struct html *h, struct span page, const struct html_options *options,
    struct buf *text)
{
	/* Markers of indented items, " | " and "\\|" make text longer, prefixes of lines,
	 * rows of tables and addresses Markdown. */
	const size_t times = options->markdown ? 128 : 8;
	char *copy = xmalloc(page.n + 1);
	struct html_page out;

	memcpy(copy, page.p, page.n);
	html_extract(h, (struct span){ copy, page.n }, options, &out);
	check_text(out.text);
	check_text(out.title);
	check(out.text.n <= page.n * times + 4096);
	text->n = 0;
	buf_put(text, out.text.p, out.text.n);
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct html *h;
	static struct html_model *model;
	static struct recoder *recoder;
	const struct span bytes = { (const char *)data, n };
	struct buf page = { 0 }, first = { 0 }, again = { 0 };
	struct recoded text;
	struct span charset;

	if (!h) {
		h = html_new(html_tables_new());
		recoder = recoder_new();
		model = html_model_new();
	}
	if (n == 0)
		return 0;
	html_looks_like(bytes);
	charset = html_declared_charset(bytes);
	recode(recoder, bytes, &charset, 1, &text);
	check(utf8_valid(text.text));
	for (size_t i = 0; i < text.text.n; i++)
		buf_putc(&page, text.text.p[i] ? text.text.p[i] : '?');
	buf_reserve(&page, 1);
	/* The main text is found by rules, and by the model. */
	for (unsigned k = 0; k < 32; k++) {
		const struct html_options options = { k & 1, k & 2, k & 4, k & 8, n & 1,
			SPAN("http://a.example/b/c?d#e") };

		if ((options.links && !options.markdown) ||
		    (k & 16 && !options.main_only))
			continue;
		html_use_model(h, k & 16 ? model : NULL);
		extract(h, buf_span(&page), &options, &first);
		extract(h, buf_span(&page), &options, &again);
		check(span_eq(buf_span(&first), buf_span(&again)));
	}
	buf_free(&page);
	buf_free(&first);
	buf_free(&again);
	return 0;
}
