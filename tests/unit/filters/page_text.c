/* page_text.c - extract the text of pages in tests. */
#include "tests/unit/filters/page_text.h"

#include <check.h>
#include <stdlib.h>

#include "lib/base/mem.h"
#include "lib/text/utf8.h"

static struct html_tables *tables;
static struct html *html;

void
page_set_up(void)
{
	tables = html_tables_new();
	html = html_new(tables);
}

void
page_tear_down(void)
{
	html_free(html);
	html_tables_free(tables);
}

struct html_page
page_extract_as(struct span page, const struct html_options *options)
{
	struct html_page out;

	ck_assert(utf8_valid(page));
	html_extract(html, page, options, &out);
	ck_assert(utf8_valid(out.text));
	ck_assert(utf8_valid(out.title));
	return out;
}

struct html_page
page_extract(struct span page, bool main_only)
{
	const struct html_options options = { .main_only = main_only };

	return page_extract_as(page, &options);
}

void
assert_span(struct span got, const char *want)
{
	char *s = xmalloc(got.n + 1);

	memcpy(s, got.p, got.n);
	s[got.n] = '\0';
	ck_assert_str_eq(s, want);
	free(s);
}
