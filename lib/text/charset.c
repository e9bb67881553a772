/* charset.c - ICU: conversion of charsets to UTF-8, with corrections. */
#include "lib/text/charset.h"

#include <stdlib.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>

#include "lib/base/err.h"
#include "lib/text/utf8.h"

struct charset {
	UConverter *from, *utf8;
	const struct charset_fixes *fixes; /* or NULL */
	struct buf text;		   /* before fix_codes */
};

static const struct charset_fix *
find_fix(const struct charset_fix *v, size_t n, uint32_t from)
{
	size_t low = 0;

	while (low < n) {
		const size_t mid = low + (n - low) / 2;

		if (v[mid].from == from)
			return &v[mid];
		if (v[mid].from < from)
			low = mid + 1;
		else
			n = mid;
	}
	return NULL;
}

/* Write U+FFFD for bytes without a meaning.  ICU's own function writes U+001A for single
 * bytes of some charsets. */
static void
replace_bad(const void *context, UConverterToUnicodeArgs *args, const char *bytes,
    int32_t n, UConverterCallbackReason reason, UErrorCode *ec)
{
	const struct charset_fixes *fixes = context;
	const struct charset_fix *fix = NULL;
	UChar c = 0xfffd;

	if (reason > UCNV_IRREGULAR)
		return;
	if (fixes && n <= 2)
		fix = find_fix(fixes->bytes, fixes->n_bytes,
		    n == 2
			? (uint32_t)(unsigned char)bytes[0] << 8 | (unsigned char)bytes[1]
			: (unsigned char)bytes[0]);
	if (fix)
		c = fix->to;
	*ec = U_ZERO_ERROR;
	ucnv_cbToUWriteUChars(args, &c, 1, 0, ec);
}

struct charset *
charset_open(const char *name, const struct charset_fixes *fixes)
{
	UErrorCode ec = U_ZERO_ERROR;
	struct charset *c = xcalloc(1, sizeof *c);

	c->fixes = fixes;
	c->from = ucnv_open(name, &ec);
	c->utf8 = ucnv_open("UTF-8", &ec);
	if (U_SUCCESS(ec))
		ucnv_setToUCallBack(c->from, replace_bad, fixes, NULL, NULL, &ec);
	if (U_FAILURE(ec)) {
		charset_close(c);
		return NULL;
	}
	return c;
}

static void
convert(struct charset *c, struct span s, struct buf *b)
{
	UChar pivot[1024], *from = pivot, *to = pivot;
	const char *src = s.p, *end = s.p + s.n;
	UBool first = 1;

	/* ICU reports an error for empty text. */
	while (s.n) {
		UErrorCode ec = U_ZERO_ERROR;
		char *dst;

		buf_reserve(b, s.n / 4 + 4096);
		dst = b->p + b->n;
		ucnv_convertEx(c->utf8, c->from, &dst, b->p + b->cap, &src, end, pivot,
		    &from, &to, pivot + sizeof pivot / sizeof *pivot, first, 1, &ec);
		b->n = (size_t)(dst - b->p);
		first = 0;
		if (ec == U_BUFFER_OVERFLOW_ERROR)
			continue;
		if (U_FAILURE(ec))
			BUG(u_errorName(ec));
		return;
	}
}

/* Append the UTF-8 text s to b with the code points that fixes has. */
static void
fix_codes(const struct charset_fixes *fixes, struct span s, struct buf *b)
{
	size_t kept = 0;

	for (size_t at = 0; at < s.n;) {
		const size_t from = at;
		const struct charset_fix *fix;

		if ((unsigned char)s.p[at] < 0x80) {
			at++;
			continue;
		}
		fix = find_fix(fixes->codes, fixes->n_codes, utf8_next(s, &at));
		if (!fix)
			continue;
		buf_put(b, s.p + kept, from - kept);
		utf8_put(b, fix->to);
		if (fix->mark)
			utf8_put(b, fix->mark);
		kept = at;
	}
	buf_put(b, s.p + kept, s.n - kept);
}

void
charset_to_utf8(struct charset *c, struct span s, struct buf *b)
{
	if (!c->fixes || c->fixes->n_codes == 0) {
		convert(c, s, b);
		return;
	}
	c->text.n = 0;
	convert(c, s, &c->text);
	fix_codes(c->fixes, buf_span(&c->text), b);
}

void
charset_close(struct charset *c)
{
	if (!c)
		return;
	ucnv_close(c->from);
	ucnv_close(c->utf8);
	buf_free(&c->text);
	free(c);
}
