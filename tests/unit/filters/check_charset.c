/* check_charset.c - unit tests of labels, detection of charsets, and mojibake. */
#include <check.h>
#include <stdlib.h>

#include "filters/mojibake.h"
#include "filters/web/charset/charset_sample.h"
#include "filters/web/charset/recode.h"
#include "lib/text/unicode.h"
#include "lib/text/utf8.h"
#include "tests/unit/testing.h"

static void
setup(void)
{
	unicode_memory_open();
}

Suite *charset_suite(void);

#define assert_span(s, want) ck_assert(span_eq((s), span_of(want)))

/* Labels of one charset: the byte gives away which. */
static const struct {
	const char *label, *in, *want;
} labels[] = {
	{ "cp-1252", "\x80", "\u20ac" },
	{ "latin-1", "\x80", "\u20ac" },
	{ "\"windows1251\"", "\xE9", "\u0439" },
	{ "win-1251;", "\xE9", "\u0439" },
	{ "windows-1251\" /", "\xE9", "\u0439" },
	{ "=koi8r", "\xC1", "\u0430" },
	{ "x-sjis", "\x83\x65", "\u30c6" },
	{ "Shift-JIS", "\x83\x65", "\u30c6" },
	{ "SJIS-win", "\x83\x65", "\u30c6" },
	{ "gb-2312", "\xD6\xD0", "\u4e2d" },
	{ "cp936", "\xD6\xD0", "\u4e2d" },
	{ "big-5", "\xA4\xA4", "\u4e2d" },
	{ "eucKR", "\xC7\xD1", "\ud55c" },
	{ "iso8859_2", "\xB1", "\u0105" },
	{ "latin-2, text/html", "\xB1", "\u0105" },
	{ "cp850", "\x82", "\u00e9" },
	{ "utf8mb4", "\xE9", "\ufffd" },
	{ "klingon", "\xE9", "\ufffd" },
	{ "", "\xE9", "\ufffd" },
};

START_TEST(label)
{
	struct recoder *r = recoder_new();
	const struct span name = span_of(labels[_i].label);
	struct recoded out;

	recode(r, span_of(labels[_i].in), &name, 1, &out);
	assert_span(out.text, labels[_i].want);
	recoder_free(r);
}
END_TEST

static struct span
declared_koi8(struct span s)
{
	return SPAN("koi8-r");
}

/* "Дождь идёт с утра, и мы дома" in windows-1251, and so on. */
#define RUSSIAN_1251                                                                     \
	"\xC4\xEE\xE6\xE4\xFC \xE8\xE4\xB8\xF2 \xF1 \xF3\xF2\xF0\xE0, \xE8 \xEC\xFB "    \
	"\xE4\xEE\xEC\xE0"
#define RUSSIAN "Дождь идёт с утра, и мы дома"
#define CHINESE_GBK                                                                      \
	"\xBD\xF1\xCC\xEC\xD4\xE7\xC9\xCF\xCF\xC2\xD3\xEA\xA3\xAC\xCE\xD2\xC3\xC7\xD4"   \
	"\xDA"                                                                           \
	"\xBC\xD2"
#define CHINESE "今天早上下雨，我们在家"

static const struct {
	const char *in, *http;
	bool declared;
	const char *option, *want;
	enum charset_source source;
} guesses[] = {
	{ RUSSIAN_1251, "", false, NULL, RUSSIAN, CHARSET_DETECTED },
	{ RUSSIAN_1251, "windows-1251", false, NULL, RUSSIAN, CHARSET_HTTP },
	{ RUSSIAN_1251, "iso-8859-1", false, NULL, RUSSIAN, CHARSET_DETECTED },
	{ RUSSIAN_1251, "utf-8", false, NULL, RUSSIAN, CHARSET_DETECTED },
	{ RUSSIAN_1251, "windows-1251", true, NULL, RUSSIAN, CHARSET_HTTP },
	{ RUSSIAN_1251, "", true, NULL, RUSSIAN, CHARSET_DETECTED },
	{ RUSSIAN_1251, "", false, "windows-1251", RUSSIAN, CHARSET_OPTION },
	{ CHINESE_GBK, "", false, NULL, CHINESE, CHARSET_DETECTED },
	{ CHINESE_GBK, "iso-8859-1", true, NULL, CHINESE, CHARSET_DETECTED },
	{ CHINESE_GBK, "gb2312", true, NULL, CHINESE, CHARSET_HTTP },
	{ "\xEF\xBB\xBFu\xE9", "latin1", false, NULL, "u\ufffd", CHARSET_BOM },
	{ RUSSIAN, "windows-1251", true, NULL, RUSSIAN, CHARSET_UTF8 },
	/* Damage of UTF-8 is not another charset. */
	{ RUSSIAN RUSSIAN "\xE9", "windows-1251", true, NULL, RUSSIAN RUSSIAN "\ufffd",
	    CHARSET_UTF8 },
	{ "caf\xE9 au lait", "", false, NULL, "caf\u00e9 au lait", CHARSET_DETECTED },
	{ "It\x92s \x93here\x94", "", false, NULL, "It\u2019s \u201chere\u201d",
	    CHARSET_DETECTED },
	{ "\x1B$B:#D+\x1B(B", "", false, NULL, "今朝", CHARSET_DETECTED },
	{ "", "", false, NULL, "", CHARSET_UTF8 },
};

START_TEST(guess)
{
	struct recoder *r = recoder_new();
	const struct charset_hints hints = { span_of(guesses[_i].http),
		guesses[_i].declared ? declared_koi8 : NULL, guesses[_i].option, false };
	struct recoded out;

	for (int i = 0; i < 2; i++) {
		recode_guess(r, span_of(guesses[_i].in), &hints, &out);
		assert_span(out.text, guesses[_i].want);
		ck_assert_int_eq(out.source, guesses[_i].source);
		ck_assert(!out.lost);
	}
	recoder_free(r);
}
END_TEST

START_TEST(nothing_fits)
{
	struct recoder *r = recoder_new();
	const struct charset_hints hints = { .http = SPAN("") };
	struct buf bytes = { 0 };
	struct recoded out;
	uint32_t state = 1;

	for (int i = 0; i < 4000; i++) {
		state = state * 1664525 + 1013904223;
		buf_putc(&bytes, (char)(state >> 24 | 0x80));
	}
	recode_guess(r, buf_span(&bytes), &hints, &out);
	ck_assert(out.lost);
	ck_assert(recoded_is_lossy(&out));
	ck_assert(recoded_lost_share(out.text) > .5);
	recode_guess(r, SPAN("a"), &hints, &out);
	ck_assert(!out.lost && recoded_lost_share(out.text) <= 0);
	buf_free(&bytes);
	recoder_free(r);
}
END_TEST

static const struct {
	const char *in;
	bool tags;
	const char *want;
	size_t context;
} samples[] = {
	{ "", true, "  ", 3 },
	{ "ascii only", true, "  ", 3 },
	{ "\xE9", true, " \xE9 ", 3 },
	{ "one caf\xE9 and two", true, " caf\xE9 an ", 3 },
	{ "caf\xE9s et th\xE9s", true, " caf\xE9s e  th\xE9s ", 3 },
	{ "p\xE9r\xE9s", true, " p\xE9r\xE9s ", 3 },
	{ "caf\xE9 <b title='\xE8'>x</b> or th\xE9", true, " caf\xE9 <b  th\xE9 ", 3 },
	{ "a < b\xE9", true, " < b\xE9 ", 3 },
	{ "a <b\xE9>", false, "  <b\xE9> ", 3 },
	{ "<p>one caf\xE9 and two</p>", true, " one caf\xE9 and two ", 20 },
	{ "one caf\xE9 and two th\xE9s", true, " one caf\xE9 and two th\xE9s ", 9 },
	{ "one caf\xE9</b> and two th\xE9s", true, " ne caf\xE9 two th\xE9s ", 6 },
};

START_TEST(sample)
{
	struct buf out = { 0 };

	charset_sample(
	    span_of(samples[_i].in), samples[_i].tags, samples[_i].context, 100, &out);
	assert_span(buf_span(&out), samples[_i].want);
	buf_free(&out);
}
END_TEST

START_TEST(sample_is_short)
{
	struct buf text = { 0 }, out = { 0 };

	for (int i = 0; i < 100000; i++)
		buf_puts(&text, i % 3 ? "\xE9" : "a");
	charset_sample(buf_span(&text), true, CHARSET_CONTEXT, 1000, &out);
	ck_assert_uint_ge(out.n, 1000);
	ck_assert_uint_le(out.n, 1100);
	buf_free(&text);
	buf_free(&out);
}
END_TEST

static const struct {
	const char *in, *want; /* NULL: stays */
	unsigned runs;
} broken[] = {
	{ "caf\u00c3\u00a9", "caf\u00e9", 1 },
	{ "don\u00e2\u20ac\u2122t", "don\u2019t", 1 },
	{ "don\u00e2\xC2\x80\xC2\x99t", "don\u2019t", 1 },
	{ "\u00d0\u0178\u00d1\u20ac\u00d0\u00b8", "\u041f\u0440\u0438", 1 },
	{ "\u0420\u045f\u0421\u0402", "\u041f\u0440", 1 },
	{ "\u00c3\u0192\u00c2\u00a9", "\u00e9", 2 },
	{ "caf\u00e9", NULL, 0 },
	{ "\u00c3", NULL, 0 },
	{ "VIL\u00c3\u201d", NULL, 0 },
	{ "\u00c7\u2019est", NULL, 0 },
	{ "\u00e9\u00a0\u00bb", NULL, 0 },
	{ "\u0420\u0451\u0434", NULL, 0 },
	{ "\u0420\u0451", NULL, 0 },
	{ "", NULL, 0 },
};

/* Place a text between others, so that blocks of all lengths precede it. */
START_TEST(mojibake)
{
	for (size_t before = 0; before < 200; before += 13) {
		struct buf in = { 0 }, want = { 0 }, out = { 0 };

		for (size_t i = 0; i < before; i++)
			buf_puts(&in, i % 7 ? "x" : "\u0416");
		buf_puts(&in, "\n");
		buf_put(&want, in.p, in.n);
		buf_puts(&in, broken[_i].in);
		buf_puts(&in, "\nend");
		if (broken[_i].want)
			buf_puts(&want, broken[_i].want);
		buf_puts(&want, "\nend");
		ck_assert_uint_eq(mojibake_repair(buf_span(&in), &out), broken[_i].runs);
		if (broken[_i].want)
			ck_assert(span_eq(buf_span(&out), buf_span(&want)));
		else
			ck_assert_uint_eq(out.n, 0);
		buf_free(&in);
		buf_free(&want);
		buf_free(&out);
	}
}
END_TEST

#define ROWS(t) ((int)(sizeof(t) / sizeof *(t)))

Suite *
charset_suite(void)
{
	Suite *s = suite_create("charset");
	TCase *t = tcase_create("charset");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_loop_test(t, label, 0, ROWS(labels));
	tcase_add_loop_test(t, guess, 0, ROWS(guesses));
	tcase_add_test(t, nothing_fits);
	tcase_add_loop_test(t, sample, 0, ROWS(samples));
	tcase_add_test(t, sample_is_short);
	tcase_add_loop_test(t, mojibake, 0, ROWS(broken));
	suite_add_tcase(s, t);
	return s;
}
