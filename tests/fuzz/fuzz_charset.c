/* fuzz_charset.c - any bytes as text or a page with any label: the result is valid UTF-8
 * and reproducible, and so is a repair of mojibake. */
#include <stdlib.h>

#include "filters/mojibake.h"
#include "filters/web/charset/recode.h"
#include "filters/web/page/html_page.h"
#include "lib/text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check(bool holds)
{
	if (!holds)
		abort();
}

/* Recode a copy of the exact size, so that a sanitizer detects a read beyond it. */
static void
recode_copy(
    struct recoder *r, struct span bytes, struct span label, bool tags, struct buf *text)
{
	const struct charset_hints hints = { label, tags ? html_declared_charset : NULL,
		tags ? NULL : "koi8-r", tags };
	char *copy = xmalloc(bytes.n + 1);
	struct recoded out;

	memcpy(copy, bytes.p, bytes.n);
	recode_guess(r, (struct span){ copy, bytes.n }, &hints, &out);
	check(utf8_valid(out.text));
	check(recoded_lost_share(out.text) <= 1);
	check(recoded_is_lossy(&out) || !out.lost);
	text->n = 0;
	buf_put(text, out.text.p, out.text.n);
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct recoder *r;
	struct span bytes = { (const char *)data, n }, label;
	struct buf first = { 0 }, again = { 0 };
	const char *nl;

	if (!r)
		r = recoder_new();
	/* The first line is the label of the HTTP header. */
	nl = n ? memchr(bytes.p, '\n', n) : NULL;
	if (!nl)
		return 0;
	label = (struct span){ bytes.p, (size_t)(nl - bytes.p) };
	bytes = span_from(bytes, label.n + 1);
	buf_reserve(&first, 1);
	buf_reserve(&again, 1);
	for (int tags = 0; tags < 2; tags++) {
		recode_copy(r, bytes, label, tags, &first);
		recode_copy(r, bytes, label, tags, &again);
		check(span_eq(buf_span(&first), buf_span(&again)));
	}
	again.n = 0;
	if (mojibake_repair(buf_span(&first), &again) > 0) {
		check(utf8_valid(buf_span(&again)));
		check(again.n < first.n);
	} else {
		check(again.n == 0);
	}
	buf_free(&first);
	buf_free(&again);
	return 0;
}
