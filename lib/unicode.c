/* unicode.c - what we ask of ICU: normalisation and charset conversion. */
#include "lib/unicode.h"

#include <stdlib.h>
#include <unicode/ucnv.h>
#include <unicode/uloc.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/uversion.h>

struct charset {
	UConverter *from, *utf8;
};

/* Every code point below U+0300 is in NFC, alone and next to any other such (UAX #15). */
static bool
below_combining(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0xcc)
			return false;
	return true;
}

static void
icu_failed(UErrorCode ec)
{
	if (ec == U_MEMORY_ALLOCATION_ERROR)
		die(EXIT_SYSTEM, "out of memory in ICU: try fewer threads (-j)");
	BUG(u_errorName(ec));
}

/* UAX #15, section 13, asks for 30 marks in a row; much more than that is no text. */
static bool
has_mark_run(const UNormalizer2 *nfc, const UChar *u, int32_t n)
{
	enum { MARKS_MAX = 1024 };
	int32_t run = 0;

	for (int32_t i = 0; i < n && run <= MARKS_MAX;) {
		uint32_t c = u[i++];

		if (U16_IS_LEAD(c) && i < n && U16_IS_TRAIL((uint32_t)u[i]))
			c = (uint32_t)U16_GET_SUPPLEMENTARY(c, u[i++]);
		run =
		    c < 0x300 || unorm2_hasBoundaryBefore(nfc, (UChar32)c) ? 0 : run + 1;
	}
	return run > MARKS_MAX;
}

enum nfc
unicode_nfc(struct span s, struct buf *b)
{
	UErrorCode ec = U_ZERO_ERROR;
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&ec);
	UChar *u, *v = NULL;
	int32_t n, m, yes, bytes;
	enum nfc result = NFC_SAME;

	if (below_combining(s))
		return NFC_SAME;
	if (s.n > UNICODE_NFC_MAX)
		BUG("a text too long to normalise");
	u = xmalloc(xmul(s.n + 1, sizeof *u));
	u_strFromUTF8(u, (int32_t)s.n + 1, &n, s.p, (int32_t)s.n, &ec);
	yes = unorm2_spanQuickCheckYes(nfc, u, n, &ec);
	if (U_FAILURE(ec))
		icu_failed(ec);
	if (yes == n)
		goto out;
	if (has_mark_run(nfc, u, n)) {
		result = NFC_REFUSED;
		goto out;
	}
	/* NFC never grows UTF-16 text more than threefold (UAX #15, section 9). */
	v = xmalloc(xmul((size_t)n * 3 + 1, sizeof *v));
	m = unorm2_normalize(nfc, u, n, v, n * 3 + 1, &ec);
	if (U_SUCCESS(ec) && (m != n || u_memcmp(u, v, n) != 0)) {
		result = NFC_CHANGED;
		buf_reserve(b, xmul((size_t)m, 3));
		u_strToUTF8(b->p + b->n, m * 3, &bytes, v, m, &ec);
		if (ec == U_STRING_NOT_TERMINATED_WARNING)
			ec = U_ZERO_ERROR;
		b->n += (size_t)bytes;
	}
	if (U_FAILURE(ec))
		icu_failed(ec);
out:
	free(u);
	free(v);
	return result;
}

struct charset *
charset_open(const char *name)
{
	UErrorCode ec = U_ZERO_ERROR;
	struct charset *c = xcalloc(1, sizeof *c);

	c->from = ucnv_open(name, &ec);
	c->utf8 = ucnv_open("UTF-8", &ec);
	if (U_FAILURE(ec)) {
		charset_close(c);
		return NULL;
	}
	return c;
}

void
charset_to_utf8(struct charset *c, struct span s, struct buf *b)
{
	UChar pivot[1024], *from = pivot, *to = pivot;
	const char *src = s.p, *end = s.p + s.n;
	UBool first = 1;

	/* ICU takes no text for no argument. */
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
			icu_failed(ec);
		return;
	}
}

void
charset_close(struct charset *c)
{
	if (!c)
		return;
	ucnv_close(c->from);
	ucnv_close(c->utf8);
	free(c);
}

const char *
unicode_version(void)
{
	return U_ICU_VERSION;
}

/* The first character of what n makes of c; c if that is itself. */
static uint32_t
first_of(const UNormalizer2 *n, uint32_t c)
{
	UErrorCode ec = U_ZERO_ERROR;
	UChar in[2], out[32];
	int32_t k = 0, m;

	U16_APPEND_UNSAFE(in, k, c);
	m = unorm2_normalize(n, in, k, out, 32, &ec);
	if (U_FAILURE(ec) || m == 0)
		return c;
	return U16_IS_LEAD(out[0]) ? (uint32_t)U16_GET_SUPPLEMENTARY(out[0], out[1])
				   : out[0];
}

uint32_t
unicode_letter(uint32_t c)
{
	UErrorCode ec = U_ZERO_ERROR;

	if (!(U_GET_GC_MASK((UChar32)c) & (U_GC_L_MASK | U_GC_M_MASK)))
		return 0;
	return first_of(unorm2_getNFCInstance(&ec), (uint32_t)u_tolower((UChar32)c));
}

uint32_t
unicode_base(uint32_t c)
{
	UErrorCode ec = U_ZERO_ERROR;

	return first_of(unorm2_getNFDInstance(&ec), c);
}

unsigned
unicode_script(uint32_t c)
{
	UErrorCode ec = U_ZERO_ERROR;
	const UScriptCode s = uscript_getScript((UChar32)c, &ec);

	return s <= USCRIPT_INHERITED || (unsigned)s >= UNICODE_SCRIPTS ? 0 : (unsigned)s;
}

const char *
unicode_script_name(unsigned script)
{
	return uscript_getShortName((UScriptCode)script);
}

void
unicode_language(char *code)
{
	UErrorCode ec = U_ZERO_ERROR;
	char shorter[4];

	if (strlen(code) == 3 && uloc_getLanguage(code, shorter, 4, &ec) == 2 &&
	    U_SUCCESS(ec))
		memcpy(code, shorter, 3);
}
