/* check_unicode.c - UTF-8 against a simple validator, repair, NFC, charsets. */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "lib/text/charset.h"
#include "lib/text/unicode.h"
#include "lib/text/utf8.h"
#include "tests/unit/testing.h"

Suite *unicode_suite(void);

static uint64_t state;

static void
setup(void)
{
	state = 1;
}

static uint64_t
next_random(void)
{
	return random_bits(&state) >> 16;
}

static uint32_t
random_code_point(void)
{
	static const uint32_t below[] = { 0x80, 0x80, 0x800, 0x10000, 0x110000, 0x300,
		0x3000 };
	uint32_t c = (uint32_t)(next_random() % below[next_random() % 7]);

	return c >= 0xd800 && c <= 0xdfff ? 0xe000 : c;
}

/*
 * Length of the well-formed sequence at s.p[i], or 0.  Decodes by the lead byte, then
 * checks that this is the shortest form of a scalar value.
 */
static size_t
slow_sequence(struct span s, size_t i)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char b = (unsigned char)s.p[i];
	size_t n = b < 0x80	  ? 1
		   : b >> 5 == 6  ? 2
		   : b >> 4 == 14 ? 3
		   : b >> 3 == 30 ? 4
				  : 0;
	uint32_t c;

	if (n <= 1 || s.n - i < n)
		return n == 1;
	c = b & (0x7fu >> n);
	for (size_t k = 1; k < n; k++) {
		unsigned char t = (unsigned char)s.p[i + k];

		if (t >> 6 != 2)
			return 0;
		c = c << 6 | (t & 63u);
	}
	return c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ? 0 : n;
}

static size_t
slow_error(struct span s)
{
	size_t i = 0, n;

	while (i < s.n && (n = slow_sequence(s, i)) > 0)
		i += n;
	return i;
}

/* Check a copy that begins `shift` bytes into a block and ends with it. */
static void
check_at(struct span s, size_t shift)
{
	char *block = malloc(s.n + shift ? s.n + shift : 1), *p = block + shift;
	size_t want = slow_error(s);
	struct span copy;

	if (s.n)
		memcpy(p, s.p, s.n);
	copy = (struct span){ p, s.n };
	MUST(utf8_error(copy) == want);
	MUST(utf8_valid(copy) == (want == s.n));
	free(block);
}

static void
check_valid(struct span s)
{
	MUST(utf8_valid(s) == (slow_error(s) == s.n));
}

/* About n bytes of text in runs of one kind, so that some vectors are all ASCII. */
static void
random_text(struct buf *b, size_t n)
{
	b->n = 0;
	while (b->n < n) {
		bool ascii = next_random() % 3 == 0;

		for (size_t k = next_random() % 40 + 1; k && b->n < n; k--)
			if (ascii)
				buf_putc(b, (char)(next_random() % 128));
			else
				utf8_put(b, random_code_point());
	}
}

/* Every length up to 200 at every alignment: valid, truncated, with a changed byte. */
START_TEST(valid)
{
	struct buf b = { 0 };

	for (size_t n = 0; n <= 200; n++)
		for (size_t shift = 0; shift < 33; shift++) {
			random_text(&b, n);
			MUST(slow_error(buf_span(&b)) == b.n);
			check_at(buf_span(&b), shift);
			check_at((struct span){ b.p, n }, shift);
			for (int k = 0; n && k < 4; k++) {
				b.p[next_random() % b.n] = (char)next_random();
				check_at(buf_span(&b), shift);
			}
		}
	buf_free(&b);
}
END_TEST

/* Every sequence of one to four interesting bytes, across vector boundaries. */
START_TEST(seams)
{
	static const unsigned char byte[] = { 0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0,
		0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4,
		0xf5, 0xff };
	const size_t base = sizeof byte;
	/* utf8.c validates vectors of 16 bytes, four at a time, from byte 3 on. */
	enum { FIRST = 3, SEAM = FIRST + 16, STEP = FIRST + 64, SIZE = STEP + 64 };
	char block[SIZE];

	for (size_t i = 0; i < base * base * base * base; i++) {
		const size_t before = i % 8;
		size_t rest = i;
		char s[4];

		for (size_t k = 0; k < 4; k++, rest /= base)
			s[k] = (char)byte[rest % base];
		memset(block, 'a', SIZE);
		memcpy(block + SEAM - before, s, 4);
		check_valid((struct span){ block, STEP + i % 3 });
		/* The same at the end, where it may be truncated. */
		check_valid((struct span){ block, SEAM - before + 4 });
		memset(block, 'b', SEAM + 4);
		memcpy(block + STEP - before, s, 4);
		check_valid((struct span){ block, i % 2 ? SIZE : STEP });
		check_valid((struct span){ block, STEP - before + 4 });
	}
}
END_TEST

#define R "\xef\xbf\xbd"

/* The first four are examples of the Unicode standard (15.0, tables 3-8 to 3-11). */
static const struct {
	struct span in;
	const char *want;
	uint64_t n;
} repaired[] = {
	{ { "\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41", 9 }, R R R R R R R R "A", 8 },
	{ { "\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41", 9 }, R R R R R R R R "A", 8 },
	{ { "\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", 9 }, R R R R R "A" R R "B", 7 },
	{ { "\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", 9 }, R R R R "A", 4 },
	{ { "", 0 }, "", 0 },
	{ { "abc", 3 }, "abc", 0 },
	{ { "\xe2\x82", 2 }, R, 1 },
	{ { "a\xf0\x9f\x98", 4 }, "a" R, 1 },
	{ { "\xc3\xa9\xc3", 3 }, "\xc3\xa9" R, 1 },
	{ { "\xfe\xff", 2 }, R R, 2 },
	{ { "\xf8\x88\x80\x80\x80", 5 }, R R R R R, 5 },
};

START_TEST(repairs)
{
	struct buf b = { 0 };

	ck_assert_uint_eq(utf8_repair(&b, repaired[_i].in), repaired[_i].n);
	ck_assert(span_eq(buf_span(&b), span_of(repaired[_i].want)));
	buf_free(&b);
}
END_TEST

/* Repaired text is well-formed; well-formed text is not changed. */
START_TEST(mends_any)
{
	struct buf in = { 0 }, once = { 0 }, twice = { 0 };

	for (size_t k = 0; k < 3000; k++) {
		random_text(&in, k % 150);
		once.n = twice.n = 0;
		ck_assert_uint_eq(utf8_repair(&once, buf_span(&in)), 0);
		ck_assert(span_eq(buf_span(&once), buf_span(&in)));
		for (size_t i = 0; in.n && i < 1 + k % 7; i++)
			in.p[next_random() % in.n] = (char)next_random();
		once.n = 0;
		ck_assert_int_eq(utf8_repair(&once, buf_span(&in)) == 0,
		    slow_error(buf_span(&in)) == in.n);
		ck_assert_uint_eq(slow_error(buf_span(&once)), once.n);
		ck_assert_uint_eq(utf8_repair(&twice, buf_span(&once)), 0);
	}
	buf_free(&in);
	buf_free(&once);
	buf_free(&twice);
}
END_TEST

/* Every scalar value is well-formed when written, and is read back. */
START_TEST(code_points)
{
	struct buf b = { 0 };

	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		size_t at = 0;

		if (c == 0xd800)
			c = 0xe000;
		b.n = 0;
		utf8_put(&b, c);
		MUST(slow_error(buf_span(&b)) == b.n);
		MUST(utf8_next(buf_span(&b), &at) == c && at == b.n);
	}
	buf_free(&b);
}
END_TEST

/* want NULL: already in NFC. */
static const struct {
	const char *in, *want;
} nfc[] = {
	{ "", NULL },
	{ "plain", NULL },
	{ "\xc3\xa9 \xcb\xbf", NULL },
	{ "e\xcc\x81", "\xc3\xa9" },
	{ "\xcc\x81", NULL },
	{ "q\xcc\x87\xcc\xa3", "q\xcc\xa3\xcc\x87" },
	{ "q\xcc\xa3\xcc\x87", NULL },
	{ "\xe2\x84\xab", "\xc3\x85" },
	{ "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "\xed\x95\x9c" },
	{ "\xef\xac\x81", NULL },
	{ "\xe0\xa5\x98", "\xe0\xa4\x95\xe0\xa4\xbc" },
	{ "\xf0\x9d\x85\x9e", "\xf0\x9d\x85\x97\xf0\x9d\x85\xa5" },
	{ "\xf0\xaf\xa0\x80", "\xe4\xb8\xbd" },
	{ "e\xe2\x80\x8d\xcc\x81", NULL },
};

START_TEST(normalises)
{
	struct buf b = { 0 };
	bool changed = unicode_nfc(span_of(nfc[_i].in), &b);

	ck_assert_int_eq(changed, nfc[_i].want != NULL);
	if (changed)
		ck_assert(span_eq(buf_span(&b), span_of(nfc[_i].want)));
	else
		ck_assert_uint_eq(b.n, 0);
	buf_free(&b);
}
END_TEST

/* The quick check for NFC agrees with ICU. */
START_TEST(knows_nfc_as_icu_does)
{
	/* Marks of many classes, letters that do and do not compose, parts of
	 * syllables. */
	static const uint32_t chars[] = { 'a', ' ', 0xe9, 0x300, 0x301, 0x323, 0x327,
		0x345, 0x5b0, 0x5bc, 0x5d0, 0x64b, 0x651, 0x628, 0x915, 0x93c, 0x94d,
		0x958, 0x9be, 0x9c7, 0xe01, 0xe34, 0xe38, 0xe48, 0xf71, 0xf72, 0xf74,
		0x1100, 0x1161, 0x11a8, 0xac00, 0x2126, 0x3042, 0x304b, 0x3099, 0x4e00,
		0xf900, 0xfb01, 0x1d15e, 0x1d165, 0x1f600, 0x2f800 };
	UErrorCode ec = U_ZERO_ERROR;
	const UNormalizer2 *icu = unorm2_getNFCInstance(&ec);
	struct buf in = { 0 }, out = { 0 };

	for (size_t k = 0; k < 200000; k++) {
		UChar u[64];
		int32_t n;
		bool is;

		in.n = out.n = 0;
		for (size_t i = next_random() % 6; i < 6; i++)
			utf8_put(
			    &in, chars[next_random() % (sizeof chars / sizeof *chars)]);
		u_strFromUTF8(u, 64, &n, in.p, (int32_t)in.n, &ec);
		is = unorm2_isNormalized(icu, u, n, &ec);
		ck_assert(U_SUCCESS(ec));
		ck_assert_int_eq(
		    unicode_nfc(buf_span(&in), &out), is ? NFC_SAME : NFC_CHANGED);
	}
	buf_free(&in);
	buf_free(&out);
}
END_TEST

/* The NFC of any text is well-formed and is its own NFC. */
START_TEST(normalises_once)
{
	struct buf in = { 0 }, out = { 0 }, again = { 0 };

	for (size_t k = 0; k < 3000; k++) {
		random_text(&in, k % 120);
		out.n = again.n = 0;
		if (!unicode_nfc(buf_span(&in), &out))
			continue;
		ck_assert_uint_eq(slow_error(buf_span(&out)), out.n);
		ck_assert(!span_eq(buf_span(&in), buf_span(&out)));
		ck_assert(!unicode_nfc(buf_span(&out), &again));
	}
	buf_free(&in);
	buf_free(&out);
	buf_free(&again);
}
END_TEST

static const struct {
	const char *name;
	struct span in;
	const char *want;
} charsets[] = {
	{ "utf-8", { "\xc3\xa9", 2 }, "\xc3\xa9" },
	{ "UTF8", { "a\xff", 2 }, "a" R },
	{ "windows-1252", { "\x80", 1 }, "\xe2\x82\xac" },
	{ "iso-8859-2", { "\xe8", 1 }, "\xc4\x8d" },
	{ "windows-1251", { "\xcf", 1 }, "\xd0\x9f" },
	{ "koi8-r", { "\xf0", 1 }, "\xd0\x9f" },
	{ "gb18030", { "\x94\x39\xfc\x36", 4 }, "\xf0\x9f\x98\x80" },
	{ "big5-hkscs", { "\xa4\xa4", 2 }, "\xe4\xb8\xad" },
	{ "windows-31j", { "\x83\x65\x87\x40", 4 }, "\xe3\x83\x86\xe2\x91\xa0" },
	{ "euc-jp", { "\xa5\xc6", 2 }, "\xe3\x83\x86" },
	{ "windows-949", { "\xc7\xd1\x8c\x63", 4 }, "\xed\x95\x9c\xeb\x98\xa0" },
	{ "utf-16le", { "a\0\x3d\xd8\x00\xde", 6 }, "a\xf0\x9f\x98\x80" },
	{ "utf-16be", { "\0a\xd8\x3d", 4 }, "a" R },
};

START_TEST(converts)
{
	struct charset *c = charset_open(charsets[_i].name, NULL);
	struct buf b = { 0 };

	ck_assert_ptr_nonnull(c);
	for (int twice = 0; twice < 2; twice++) {
		b.n = 0;
		charset_to_utf8(c, charsets[_i].in, &b);
		ck_assert(span_eq(buf_span(&b), span_of(charsets[_i].want)));
	}
	charset_close(c);
	buf_free(&b);
}
END_TEST

/* Runs of ASCII, which are copied, do not change the text around them. */
START_TEST(converts_around_ascii)
{
	static const char run[] =
	    "\n<a href='/0123456789' class='abcdefghijklmnopqrstuvwx'>";
	struct charset *c = charset_open(charsets[_i].name, NULL);
	struct buf in = { 0 }, want = { 0 }, out = { 0 };

	for (int i = 0; i < 3 && strncmp(charsets[_i].name, "utf-16", 6) != 0; i++) {
		buf_puts(&in, run);
		buf_put(&in, charsets[_i].in.p, charsets[_i].in.n);
		buf_puts(&want, run);
		buf_puts(&want, charsets[_i].want);
	}
	if (in.n > 0) {
		charset_to_utf8(c, buf_span(&in), &out);
		ck_assert(span_eq(buf_span(&out), buf_span(&want)));
	}
	charset_close(c);
	buf_free(&in);
	buf_free(&want);
	buf_free(&out);
}
END_TEST

/* Bytes of any length, in any charset, become well-formed UTF-8. */
START_TEST(converts_any)
{
	struct buf in = { 0 }, out = { 0 };

	for (size_t k = 0; k < sizeof charsets / sizeof *charsets; k++) {
		struct charset *c = charset_open(charsets[k].name, NULL);

		for (size_t n = 0; n < 9000; n = n * 2 + 1) {
			in.n = out.n = 0;
			for (size_t i = 0; i < n; i++)
				buf_putc(&in, (char)next_random());
			charset_to_utf8(c, buf_span(&in), &out);
			ck_assert_uint_eq(slow_error(buf_span(&out)), out.n);
		}
		charset_close(c);
	}
	buf_free(&in);
	buf_free(&out);
}
END_TEST

START_TEST(no_charset)
{
	ck_assert_ptr_null(charset_open("no-such-charset", NULL));
	ck_assert_ptr_null(charset_open("", NULL));
	ck_assert_ptr_null(
	    charset_open("utf-8-and-a-name-that-is-far-longer-than-any-charset-"
			 "has-ever-had-or-will-have",
		NULL));
	charset_close(NULL);
}
END_TEST

#define ROWS(t) ((int)(sizeof(t) / sizeof *(t)))

Suite *
unicode_suite(void)
{
	Suite *s = suite_create("unicode");
	TCase *t = tcase_create("unicode");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, valid);
	tcase_add_test(t, seams);
	tcase_add_loop_test(t, repairs, 0, ROWS(repaired));
	tcase_add_test(t, mends_any);
	tcase_add_test(t, code_points);
	tcase_add_loop_test(t, normalises, 0, ROWS(nfc));
	tcase_add_test(t, knows_nfc_as_icu_does);
	tcase_add_test(t, normalises_once);
	tcase_add_loop_test(t, converts, 0, ROWS(charsets));
	tcase_add_loop_test(t, converts_around_ascii, 0, ROWS(charsets));
	tcase_add_test(t, converts_any);
	tcase_add_test(t, no_charset);
	suite_add_tcase(s, t);
	return s;
}
