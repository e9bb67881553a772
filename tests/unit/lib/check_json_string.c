/* check_json_string.c - JSON strings: each implementation agrees with a naive one. */
#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/text/json.h"
#include "lib/text/json_string.h"
#include "lib/text/utf8.h"
#include "tests/unit/testing.h"

Suite *json_string_suite(void);

enum { ROOM = 1 << 14 };

static uint64_t state;
static char *in_end, *out_end; /* of ROOM bytes before a page that must not be touched */
static struct buf text, want;

/* The end of ROOM bytes that are followed by a page without access. */
static char *
guarded(void)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	FILE *f = tmpfile();
	char *p;

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(ftruncate(fileno(f), (off_t)(ROOM + page)), 0);
	p = mmap(NULL, ROOM + page, PROT_READ | PROT_WRITE, MAP_PRIVATE, fileno(f), 0);
	fclose(f);
	ck_assert_ptr_ne(p, MAP_FAILED);
	ck_assert_int_eq(mprotect(p + ROOM, page, PROT_NONE), 0);
	return p + ROOM;
}

static void
setup(void)
{
	state = 1;
	in_end = guarded();
	out_end = guarded();
}

static void
teardown(void)
{
	buf_free(&text);
	buf_free(&want);
}

static size_t
below(size_t n)
{
	return (size_t)random_below(&state, n);
}

/* The length of the well-formed sequence at s.p[i], or 0: Unicode 15, table 3-7. */
static size_t
naive_sequence(struct span s, size_t i)
{
	static const struct {
		unsigned char first, last, lo, hi;
		size_t n;
	} rows[] = {
		{ 0x00, 0x7f, 0, 0, 1 },
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	const unsigned char *p = (const unsigned char *)s.p + i;

	for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
		if (p[0] < rows[r].first || p[0] > rows[r].last)
			continue;
		if (s.n - i < rows[r].n)
			return 0;
		if (rows[r].n > 1 && (p[1] < rows[r].lo || p[1] > rows[r].hi))
			return 0;
		for (size_t k = 2; k < rows[r].n; k++)
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		return rows[r].n;
	}
	return 0;
}

/* The index of the first ill-formed sequence, or s.n. */
static size_t
naive_error(struct span s)
{
	size_t i = 0, n;

	while (i < s.n && (n = naive_sequence(s, i)) > 0)
		i += n;
	return i;
}

static bool
naive_utf8(struct span s)
{
	return naive_error(s) == s.n;
}

/* Four digits, or -1. */
static long
naive_hex4(struct span s, size_t i)
{
	char digits[5] = { 0 };

	if (s.n - i < 4)
		return -1;
	memcpy(digits, s.p + i, 4);
	return strspn(digits, "0123456789abcdefABCDEF") == 4 ? strtol(digits, NULL, 16)
							     : -1;
}

/* The escape at s.p[i], appended to b.  Returns its length, or 0. */
static size_t
naive_escape(struct span s, size_t i, struct buf *b)
{
	static const char letters[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
	const char *at;
	long c, lo = -1;

	if (i + 1 == s.n || s.p[i + 1] == '\0')
		return 0;
	if (s.p[i + 1] != 'u') {
		if (!(at = strchr(letters, s.p[i + 1])))
			return 0;
		buf_putc(b, bytes[at - letters]);
		return 2;
	}
	c = naive_hex4(s, i + 2);
	if (c <= 0 || (c >= 0xdc00 && c <= 0xdfff))
		return 0;
	if (c < 0xd800 || c > 0xdbff) {
		utf8_put(b, (uint32_t)c);
		return 6;
	}
	if (s.n - i >= 12 && memcmp(s.p + i + 6, "\\u", 2) == 0)
		lo = naive_hex4(s, i + 8);
	if (lo < 0xdc00 || lo > 0xdfff)
		return 0;
	utf8_put(b, (uint32_t)(0x10000 + (c - 0xd800) * 0x400 + (lo - 0xdc00)));
	return 12;
}

/* json_string, one code point at a time; decodes to b. */
static size_t
naive_string(struct span s, size_t i, struct buf *b)
{
	size_t n;

	b->n = 0;
	for (; i < s.n; i += n) {
		if (s.p[i] == '"')
			return i;
		if ((unsigned char)s.p[i] < 0x20)
			return JSON_NO_STRING;
		if (s.p[i] == '\\') {
			n = naive_escape(s, i, b);
		} else {
			n = naive_sequence(s, i);
			buf_put(b, s.p + i, n);
		}
		if (n == 0)
			return JSON_NO_STRING;
	}
	return JSON_NO_STRING;
}

typedef size_t string_fn(struct span s, size_t i, char **to);

/* One implementation on s, which ends where memory does. */
static void
check_one(string_fn *f, struct span s, size_t i)
{
	const size_t end = naive_string(s, i, &want), room = s.n - i + JSON_SLACK;
	char *const out = out_end - room, *to = out;
	const size_t got = f(s, i, NULL), decoded = f(s, i, &to);

	if (got == JSON_NO_STRING || decoded == JSON_NO_STRING) {
		MUST(end == JSON_NO_STRING || !naive_utf8(s));
		return;
	}
	MUST(got == end && decoded == end);
	MUST(span_eq((struct span){ out, (size_t)(to - out) }, buf_span(&want)));
}

/* All implementations on the text, whose string starts at byte i. */
static void
check_all(size_t i)
{
	const struct span s = { in_end - text.n, text.n };

	if (text.n)
		memcpy(in_end - text.n, text.p, text.n);
	check_one(json_string_portable, s, i);
	check_one(json_string_baseline, s, i);
	check_one(json_string, s, i);
	if (json_has_avx2())
		check_one(json_string_avx2, s, i);
}

static const struct span special[] = {
	{ "\"", 1 },
	{ "\\", 1 },
	{ "\n", 1 },
	{ "\0", 1 },
	{ "\x1f", 1 },
	{ "\x7f", 1 },
	{ "\\n", 2 },
	{ "\\\"", 2 },
	{ "\\\\", 2 },
	{ "\\/\\b\\f\\n\\r\\t", 12 },
	{ "\\x", 2 },
	{ "\\\n", 2 },
	{ "\\\0", 2 },
	{ "\\u0041", 6 },
	{ "\\u0000", 6 },
	{ "\\u00e9", 6 },
	{ "\\uFFff", 6 },
	{ "\\u12", 4 },
	{ "\\u12g4", 6 },
	{ "\\ud83d\\ude00", 12 },
	{ "\\ud83d", 6 },
	{ "\\ude00", 6 },
	{ "\\ud83d\\n", 8 },
	{ "\\ud83d\\ud83d\\ude00", 18 },
	{ "\xc3\xa9", 2 },
	{ "\xe2\x82\xac", 3 },
	{ "\xf0\x9f\x98\x80", 4 },
	{ "\xf4\x8f\xbf\xbf", 4 },
	{ "\xed\x9f\xbf\xee\x80\x80", 6 },
	{ "\x80", 1 },
	{ "\xc3", 1 },
	{ "\xc0\xaf", 2 },
	{ "\xe2\x82", 2 },
	{ "\xe0\x9f\xbf", 3 },
	{ "\xed\xa0\x80", 3 },
	{ "\xf0\x9f\x98", 3 },
	{ "\xf0\x8f\xbf\xbf", 4 },
	{ "\xf4\x90\x80\x80", 4 },
	{ "\xff", 1 },
};

enum { SPECIALS = sizeof special / sizeof *special };

/* Fill text with a special run `at` bytes after the start of the string, and a tail. */
static void
place(size_t start, size_t at, struct span what, size_t after, bool closed)
{
	text.n = 0;
	for (size_t i = 0; i < start + at; i++)
		buf_putc(&text, (char)('a' + i % 26));
	buf_put(&text, what.p, what.n);
	for (size_t i = 0; i < after; i++)
		buf_putc(&text, '.');
	if (closed)
		buf_puts(&text, "\",");
}

/* Each special run at each offset up to two blocks, with little and much after it. */
START_TEST(every_offset)
{
	static const size_t after[] = { 0, 1, 5, 62, 63, 64, 130, 200 };
	const struct span what = special[_i];

	for (size_t at = 0; at <= 140; at++)
		for (size_t k = 0; k < sizeof after / sizeof *after; k++) {
			place(at % 3, at, what, after[k], true);
			check_all(at % 3);
			place(at % 3, at, what, after[k], false);
			check_all(at % 3);
		}
}
END_TEST

/* Each pair of special runs, around the end of a block. */
START_TEST(every_pair)
{
	struct buf two = { 0 };

	for (size_t k = 0; k < SPECIALS; k++)
		for (size_t at = 48; at <= 66; at++) {
			two.n = 0;
			buf_put(&two, special[_i].p, special[_i].n);
			buf_put(&two, special[k].p, special[k].n);
			place(1, at, buf_span(&two), 70, true);
			check_all(1);
			place(1, at, buf_span(&two), 2, true);
			check_all(1);
		}
	buf_free(&two);
}
END_TEST

static void
put_plain_run(void)
{
	for (size_t n = below(4) ? below(40) : below(200); n > 0; n--)
		buf_putc(&text, (char)('0' + below(10)));
}

/* Plain bytes and a special run, which one time in so many may be ill-formed. */
static void
put_run(size_t one_bad_in)
{
	static const size_t good[] = { 5, 6, 7, 8, 9, 13, 15, 16, 19, 24, 25, 26, 27,
		28 };
	size_t k = good[below(sizeof good / sizeof *good)];

	put_plain_run();
	if (below(one_bad_in) == 0)
		k = below(SPECIALS);
	buf_put(&text, special[k].p, special[k].n);
}

/* Bytes that are often quotes and backslashes. */
static void
put_any_run(void)
{
	for (size_t n = below(30); n > 0; n--)
		buf_putc(&text, "\\\\\"nu0dD8"[below(9)]);
}

START_TEST(random_strings)
{
	const size_t rounds = SIZED(30000, 5000);

	for (size_t r = 0; r < rounds; r++) {
		const size_t start = below(8), runs = below(12),
			     one_bad_in = 1 + below(50);

		text.n = 0;
		for (size_t i = 0; i < start; i++)
			buf_putc(&text, 'x');
		for (size_t k = 0; k < runs; k++) {
			if (r % 4 == 0)
				put_any_run();
			else
				put_run(one_bad_in);
		}
		if (below(8))
			buf_putc(&text, '"');
		put_plain_run();
		check_all(start);
	}
}
END_TEST

static void
naive_quote(struct span s, struct buf *b)
{
	static const char letters[] = "\"\\bfnrt", bytes[] = "\"\\\b\f\n\r\t";

	b->n = 0;
	for (size_t i = 0; i < s.n; i++) {
		const char *at = s.p[i] ? strchr(bytes, s.p[i]) : NULL;

		if (at)
			buf_putf(b, "\\%c", letters[at - bytes]);
		else if ((unsigned char)s.p[i] < 0x20)
			buf_putf(b, "\\u%04x", (unsigned)s.p[i]);
		else
			buf_putc(b, s.p[i]);
	}
}

/* Strings of all lengths, of few and many bytes that need escapes. */
START_TEST(quotes)
{
	struct buf got = { 0 };

	for (size_t n = 0; n < 700; n++) {
		const struct span s = { in_end - n, n };
		const size_t every = 1 + n % 60;

		for (size_t i = 0; i < n; i++)
			in_end[-(ptrdiff_t)n + (ptrdiff_t)i] =
			    below(every) ? (char)(' ' + below(224)) : (char)below(93);
		naive_quote(s, &want);
		got.n = 0;
		json_quote_portable(&got, s);
		MUST(span_eq(buf_span(&got), buf_span(&want)));
		buf_free(&got);
		if (json_has_avx2())
			json_quote_avx2(&got, s);
		else
			json_quote_portable(&got, s);
		MUST(span_eq(buf_span(&got), buf_span(&want)));
	}
	buf_free(&got);
}
END_TEST

/* utf8_valid and utf8_error agree with the table. */
static void
check_utf8(void)
{
	const struct span s = { in_end - text.n, text.n };

	if (text.n)
		memcpy(in_end - text.n, text.p, text.n);
	MUST(utf8_error(s) == naive_error(s));
	MUST(utf8_valid(s) == naive_utf8(s));
}

/* Each special run at each offset of a block. */
START_TEST(validates)
{
	for (size_t at = 0; at <= 140; at++)
		for (size_t after = 0; after < 70; after += 23) {
			place(0, at, special[_i], after, false);
			check_utf8();
		}
}
END_TEST

/* Sequences that differ from well-formed ones in few bits. */
START_TEST(validates_random)
{
	static const size_t sequences[] = { 24, 25, 26, 27, 28, 28, 28 };
	const size_t rounds = SIZED(100000, 20000);

	for (size_t r = 0; r < rounds; r++) {
		text.n = 0;
		for (size_t n = below(60); n > 0; n--) {
			const size_t k = sequences[below(7)];

			buf_put(&text, special[k].p, special[k].n);
			if (below(8) == 0)
				buf_putc(&text, 'a');
		}
		if (text.n && below(4))
			text.p[below(text.n)] ^= (char)(1 << below(8));
		if (text.n && below(4) == 0)
			text.n -= below(4) % text.n;
		check_utf8();
	}
}
END_TEST

Suite *
json_string_suite(void)
{
	Suite *s = suite_create("json_string");
	TCase *t = tcase_create("json_string");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, every_offset, 0, SPECIALS);
	tcase_add_loop_test(t, every_pair, 0, SPECIALS);
	tcase_add_test(t, random_strings);
	tcase_add_test(t, quotes);
	tcase_add_loop_test(t, validates, 0, SPECIALS);
	tcase_add_test(t, validates_random);
	suite_add_tcase(s, t);
	return s;
}
