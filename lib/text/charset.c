/* charset.c - ICU: conversion of charsets to UTF-8, with corrections. */
#include "lib/text/charset.h"

#include <stdlib.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>

#include "lib/base/err.h"
#include "lib/text/utf8.h"

/* The UTF-8 of a byte. */
struct byte_text {
	char p[7];
	uint8_t n;
};

struct charset {
	UConverter *from, *utf8;
	const struct charset_fixes *fixes; /* or NULL */
	struct buf text;		   /* before fix_codes */
	bool single;			   /* each byte is a character */
	/* The text of each byte, of charsets of several bytes only if it is that byte.
	 * Such charsets may have others, as ISO-2022 has. */
	struct byte_text byte[256];
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

static void
convert_fixed(struct charset *c, struct span s, struct buf *b)
{
	if (!c->fixes || c->fixes->n_codes == 0) {
		convert(c, s, b);
		return;
	}
	c->text.n = 0;
	convert(c, s, &c->text);
	fix_codes(c->fixes, buf_span(&c->text), b);
}

/* Fill c->byte. */
static void
convert_bytes(struct charset *c)
{
	struct buf b = { 0 };

	for (unsigned i = 0; i < 256; i++) {
		const char byte = (char)i;

		b.n = 0;
		convert_fixed(c, (struct span){ &byte, 1 }, &b);
		if (b.n > sizeof c->byte[i].p)
			BUG("a byte has a long text");
		if (!c->single && (b.n != 1 || *b.p != byte))
			continue;
		memcpy(c->byte[i].p, b.p, b.n);
		c->byte[i].n = (uint8_t)b.n;
	}
	buf_free(&b);
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
	c->single = ucnv_getMaxCharSize(c->from) == 1;
	convert_bytes(c);
	return c;
}

static void
map_bytes(const struct charset *c, struct span s, struct buf *b)
{
	enum { PART = 4096 };

	while (s.n > 0) {
		const struct span part = { s.p, s.n < PART ? s.n : PART };
		char *to;

		buf_reserve(b, part.n * sizeof *c->byte);
		to = b->p + b->n;
		for (size_t i = 0; i < part.n; i++) {
			const struct byte_text *t = &c->byte[(unsigned char)part.p[i]];

			memcpy(to, t, sizeof *t);
			to += t->n;
		}
		b->n = (size_t)(to - b->p);
		s = span_from(s, part.n);
	}
}

/*
 * Convert a text of a charset of several bytes, and copy its runs of ASCII, as markup has
 * them.  No character has a byte below '0' except its only one, so that a run may begin
 * after such a byte.
 */
static void
convert_between_ascii(struct charset *c, struct span s, struct buf *b)
{
	enum { RUN = 48 };
	const unsigned char *p = (const unsigned char *)s.p;
	size_t done = 0, at = 0;

	while (at < s.n) {
		const size_t from = at;

		while (at < s.n && c->byte[p[at]].n)
			at++;
		if (at - from >= RUN) {
			convert_fixed(c, (struct span){ s.p + done, from - done }, b);
			buf_put(b, s.p + from, at - from);
			done = at;
		}
		while (at < s.n && (p[at] >= '0' || !c->byte[p[at]].n))
			at++;
		at += at < s.n;
	}
	convert_fixed(c, span_from(s, done), b);
}

void
charset_to_utf8(struct charset *c, struct span s, struct buf *b)
{
	if (c->single)
		map_bytes(c, s, b);
	else if (ucnv_getType(c->from) == UCNV_MBCS)
		convert_between_ascii(c, s, b);
	else
		convert_fixed(c, s, b);
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
