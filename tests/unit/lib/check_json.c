/* check_json.c - JSON: accepted input, places of errors, exact spans, quoting. */
#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/hash.h"
#include "lib/text/json.h"
#include "lib/text/utf8.h"
#include "tests/unit/testing.h"

Suite *json_suite(void);

static struct arena mem;
static struct json_fields found;
static uint64_t state;

static void
setup(void)
{
	state = 1;
}

static void
teardown(void)
{
	arena_free(&mem);
	free(found.v);
	found = (struct json_fields){ 0 };
}

static uint64_t
next_random(void)
{
	return random_bits(&state) >> 16;
}

/* Scan a copy of exactly that size, so that a sanitizer sees an overrun. */
static int
scan_copy(struct span s, char **copy, struct json_error *e)
{
	*copy = malloc(s.n ? s.n : 1);
	memcpy(*copy, s.p, s.n);
	return json_scan((struct span){ *copy, s.n }, &found, &mem, e);
}

static const struct {
	const char *in;
	int members;
} good[] = {
	{ "{}", 0 },
	{ " \t\r\n{ \t\r\n} \t\r\n", 0 },
	{ "{\"\":\"\"}", 1 },
	{ "{\"a\":null,\"b\":true,\"c\":false}", 3 },
	{ "{\"a\" : 1 , \"b\" : 2}", 2 },
	{ "{\"a\":0,\"b\":-0,\"c\":-1,\"d\":10,\"e\":1.0,\"f\":0.00,\"g\":-0.5}", 7 },
	{ "{\"a\":1e1,\"b\":1E+1,\"c\":0e-0,\"d\":1.5e999,\"e\":123456789012345678901}",
	    5 },
	{ "{\"a\":[],\"b\":[ ],\"c\":{},\"d\":{ },\"e\":[[],{}]}", 5 },
	{ "{\"a\":[1,\"b\",null,true,[false],{\"c\":[{}]}]}", 1 },
	{ "{\"a\":{\"b\":1,\"b\":2}}", 1 },
	{ "{\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\"}",
	    1 },
	{ "{\"a\":\"\\ud83d\\ude00\\uD83D\\uDE00\\ue000\\ud7ff\\uffff\"}", 1 },
	{ "{\"a\":\"\x7f\xc2\x80\xe2\x80\xa8\xf4\x8f\xbf\xbf\"}", 1 },
	{ "{\"a\":1,\"A\":2,\"a \":3}", 3 },
	{ "{\"a\":\"\\u0001\\u001f\"}", 1 },
	{ "{\"a\":\"]}\",\"b\":\"{[\"}", 2 },
};

START_TEST(accepts)
{
	struct json_error e;
	char *copy;

	ck_assert_int_eq(scan_copy(span_of(good[_i].in), &copy, &e), good[_i].members);
	free(copy);
}
END_TEST

static const struct {
	const char *in;
	size_t at;
} bad[] = {
	{ "", 0 },
	{ " ", 1 },
	{ "null", 0 },
	{ "[]", 0 },
	{ "\"a\"", 0 },
	{ "{", 1 },
	{ "{ ", 2 },
	{ "}", 0 },
	{ "{}}", 2 },
	{ "{} {}", 3 },
	{ "{},", 2 },
	{ "{,}", 1 },
	{ "{\"a\"}", 4 },
	{ "{\"a\":}", 5 },
	{ "{\"a\":1,}", 7 },
	{ "{\"a\":1,,\"b\":2}", 7 },
	{ "{\"a\":1 \"b\":2}", 7 },
	{ "{\"a\" 1}", 5 },
	{ "{\"a\"::1}", 5 },
	{ "{a:1}", 1 },
	{ "{1:1}", 1 },
	{ "{'a':1}", 1 },
	{ "{\"a\":1", 6 },
	{ "{\"a\":1,", 7 },
	{ "{\"a\":'b'}", 5 },
	{ "{\"a\":b}", 5 },
	{ "{\"a\":nul}", 5 },
	{ "{\"a\":nulll}", 9 },
	{ "{\"a\":True}", 5 },
	{ "{\"a\":NaN}", 5 },
	{ "{\"a\":Infinity}", 5 },
	{ "{\"a\":-Infinity}", 5 },
	{ "{\"a\":+1}", 5 },
	{ "{\"a\":.5}", 5 },
	{ "{\"a\":01}", 6 },
	{ "{\"a\":-}", 5 },
	{ "{\"a\":-01}", 7 },
	{ "{\"a\":1.}", 5 },
	{ "{\"a\":1.e1}", 5 },
	{ "{\"a\":1e}", 5 },
	{ "{\"a\":1e+}", 5 },
	{ "{\"a\":0x1}", 6 },
	{ "{\"a\":1 2}", 7 },
	{ "{\"a\":/**/1}", 5 },
	{ "{\"a\":[1,]}", 8 },
	{ "{\"a\":[,1]}", 6 },
	{ "{\"a\":[1 2]}", 8 },
	{ "{\"a\":[1}", 7 },
	{ "{\"a\":[1", 7 },
	{ "{\"a\":[", 6 },
	{ "{\"a\":]}", 5 },
	{ "{\"a\":{\"b\"}}", 9 },
	{ "{\"a\":{\"b\":1]}", 11 },
	{ "{\"a\":{\"b\":1,}}", 12 },
	{ "{\"a\":{1:2}}", 6 },
	{ "{\"a\":\"b}", 5 },
	{ "{\"a\":\"b\\", 5 },
	{ "{\"a\":\"b\\\"}", 5 },
	{ "{\"a\":\"\\x41\"}", 6 },
	{ "{\"a\":\"\\'\"}", 6 },
	{ "{\"a\":\"\\U0041\"}", 6 },
	{ "{\"a\":\"\\u004\"}", 6 },
	{ "{\"a\":\"\\u00 41\"}", 6 },
	{ "{\"a\":\"\\u00g1\"}", 6 },
	{ "{\"a\":\"\\u", 6 },
	{ "{\"a\":\"b\tc\"}", 7 },
	{ "{\"a\":\"b\nc\"}", 7 },
	{ "{\"a\":\"0123456789abcdefghij\x1f\"}", 26 },
	{ "{\"a\tb\":1}", 3 },
	{ "{\"a\":\"\\u0000\"}", 6 },
	{ "{\"a\\u0000\":1}", 3 },
	{ "{\"a\":\"\\ud800\"}", 6 },
	{ "{\"a\":\"\\udc00\"}", 6 },
	{ "{\"a\":\"\\ud800\\ud800\\udc00\"}", 6 },
	{ "{\"a\":\"\\ud800\\n\"}", 6 },
	{ "{\"a\":\"\\ud800\\u0041\"}", 6 },
	{ "{\"a\":\"\\ud83d\\ude0\"}", 6 },
	{ "{\"a\":\"\\ude00\\ud83d\"}", 6 },
	{ "{\"a\":{\"\\udfff\":1}}", 7 },
	{ "{\"a\":1,\"a\":1}", 11 },
	{ "{\"a\":1,\"\\u0061\":1}", 16 },
	{ "{\"\":1,\"b\":2,\"\":3}", 15 },
	{ "\xef\xbb\xbf{}", 0 },
};

START_TEST(refuses)
{
	struct json_error e = { .at = SIZE_MAX };
	char *copy;

	ck_assert_int_eq(scan_copy(span_of(bad[_i].in), &copy, &e), -1);
	ck_assert_msg(e.at == bad[_i].at, "%s: error at %zu, not at %zu: %s", bad[_i].in,
	    e.at, bad[_i].at, e.what);
	ck_assert_ptr_nonnull(e.what);
	free(copy);
}
END_TEST

/* Every prefix of a record is rejected, with the error inside its bounds. */
START_TEST(prefixes)
{
	struct span s =
	    SPAN("{\"a\":[1.5e3,{\"b\\u0041\":null}],\"t\":\"x\\ud83d\\ude00\\n\"}");
	struct json_error e;
	char *copy;

	for (size_t n = 0; n < s.n; n++) {
		ck_assert_int_eq(scan_copy((struct span){ s.p, n }, &copy, &e), -1);
		ck_assert_uint_le(e.at, n);
		free(copy);
	}
	ck_assert_int_eq(scan_copy(s, &copy, &e), 2);
	free(copy);
}
END_TEST

START_TEST(raw_nul)
{
	struct json_error e;

	ck_assert_int_eq(json_scan(SPAN("{\"a\":\"b\0c\"}"), &found, &mem, &e), -1);
	ck_assert_uint_eq(e.at, 7);
	ck_assert_int_eq(json_scan(SPAN("{}\0"), &found, &mem, &e), -1);
	ck_assert_uint_eq(e.at, 2);
}
END_TEST

/* Values are the exact bytes; names are decoded. */
START_TEST(spans)
{
	struct span s = SPAN(
	    " { \"a\" : 1.50 ,\t\"\\u0062\\n\":\"\\u0041\\/\" , \"c\": [ 1 , {} ] } ");
	static const struct {
		const char *key, *value;
	} want[] = {
		{ "a", "1.50" },
		{ "b\n", "\"\\u0041\\/\"" },
		{ "c", "[ 1 , {} ]" },
	};
	struct json_error e;

	ck_assert_int_eq(json_scan(s, &found, &mem, &e), 3);
	for (size_t i = 0; i < 3; i++) {
		ck_assert(span_eq(found.v[i].key, span_of(want[i].key)));
		ck_assert(span_eq(found.v[i].value, span_of(want[i].value)));
		ck_assert(found.v[i].value.p > s.p && found.v[i].value.p < s.p + s.n);
	}
	ck_assert(span_eq(json_unquote(found.v[1].value, &mem), SPAN("A/")));
}
END_TEST

static struct span
nested(struct buf *b, size_t depth, char open, char close)
{
	b->n = 0;
	buf_puts(b, "{\"a\":");
	for (size_t i = 0; i < depth; i++) {
		buf_putc(b, open);
		if (open == '{')
			buf_puts(b, "\"b\":");
	}
	if (open == '{')
		buf_putc(b, '1');
	for (size_t i = 0; i < depth; i++)
		buf_putc(b, close);
	buf_putc(b, '}');
	return buf_span(b);
}

/* Arrays and objects may nest 1024 deep. */
START_TEST(depth)
{
	struct buf b = { 0 };
	struct json_error e;

	ck_assert_int_eq(json_scan(nested(&b, 1024, '[', ']'), &found, &mem, &e), 1);
	ck_assert_int_eq(json_scan(nested(&b, 1024, '{', '}'), &found, &mem, &e), 1);
	ck_assert_int_eq(json_scan(nested(&b, 1025, '[', ']'), &found, &mem, &e), -1);
	ck_assert_uint_eq(e.at, 5 + 1024);
	ck_assert_int_eq(json_scan(nested(&b, 1025, '{', '}'), &found, &mem, &e), -1);
	ck_assert_int_eq(json_scan(nested(&b, 200000, '[', ']'), &found, &mem, &e), -1);
	buf_free(&b);
}
END_TEST

/* n fields.  Field `again` has the name of field 0; 0: none. */
static int
scan_many(struct buf *b, size_t n, size_t again, struct json_error *e)
{
	b->n = 0;
	buf_putc(b, '{');
	for (size_t i = 0; i < n; i++)
		buf_putf(b, "%s\"k%zu\":%zu", i ? "," : "", i == again ? 0 : i, i);
	buf_putc(b, '}');
	return json_scan(buf_span(b), &found, &mem, e);
}

/* Duplicate names are found in small and large objects, at every position. */
START_TEST(duplicates)
{
	static const size_t sizes[] = { 2, 3, 15, 16, 17, 18, 33, 100, 1000 };
	struct buf b = { 0 };
	struct json_error e;

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		ck_assert_int_eq(scan_many(&b, sizes[i], 0, &e), (int)sizes[i]);
		for (size_t k = 1; k<sizes[i]; k += sizes[i]> 40 ? 37 : 1) {
			ck_assert_int_eq(scan_many(&b, sizes[i], k, &e), -1);
			ck_assert_str_eq(
			    e.what, "duplicate field 'k0': rename one of the two");
		}
	}
	ck_assert_int_eq(scan_many(&b, 200000, 0, &e), 200000);
	ck_assert_int_eq(scan_many(&b, 200000, 199999, &e), -1);
	buf_free(&b);
}
END_TEST

/*
 * Names chosen to collide in a hash table must not make the search slow: a hostile record
 * could otherwise take hours.
 */
START_TEST(crowded)
{
	enum { NAMES = 200000, SLOTS = 1 << 19, PART = SLOTS / 64 };
	struct buf b = { 0 };
	struct json_error e;
	size_t n = 0;
	char name[16];

	buf_putc(&b, '{');
	for (unsigned i = 0; n < NAMES; i++) {
		snprintf(name, sizeof name, "%07x", i);
		if ((hash64((struct span){ name, 7 }, 0) & (SLOTS - 1)) < PART)
			buf_putf(&b, "%s\"%s\":0", n++ ? "," : "", name);
	}
	buf_putc(&b, '}');
	ck_assert_int_eq(json_scan(buf_span(&b), &found, &mem, &e), NAMES);
	buf_free(&b);
}
END_TEST

static const struct {
	struct span text;
	const char *json;
} quoted[] = {
	{ { "", 0 }, "\"\"" },
	{ { "a", 1 }, "\"a\"" },
	{ { "\"\\/", 3 }, "\"\\\"\\\\/\"" },
	{ { "\b\f\n\r\t", 5 }, "\"\\b\\f\\n\\r\\t\"" },
	{ { "\0\x01\x1f\x7f", 4 }, "\"\\u0000\\u0001\\u001f\x7f\"" },
	{ { "\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80", 9 },
	    "\"\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80\"" },
	{ { "0123456789abcdef\n", 17 }, "\"0123456789abcdef\\n\"" },
};

START_TEST(quotes)
{
	struct buf b = { 0 };

	json_quote(&b, quoted[_i].text);
	ck_assert(span_eq(buf_span(&b), span_of(quoted[_i].json)));
	b.n = 0;
	json_quote_any(&b, quoted[_i].text);
	ck_assert(span_eq(buf_span(&b), span_of(quoted[_i].json)));
	buf_free(&b);
}
END_TEST

START_TEST(quotes_any)
{
	struct buf b = { 0 };

	json_quote_any(&b, SPAN("a\xff\n\xc3"));
	ck_assert(span_eq(buf_span(&b), SPAN("\"a\xef\xbf\xbd\\n\xef\xbf\xbd\"")));
	b.n = 0;
	json_quote_any(&b, (struct span){ NULL, 0 });
	ck_assert(span_eq(buf_span(&b), SPAN("\"\"")));
	buf_free(&b);
}
END_TEST

static const struct {
	const char *json, *text;
} unquoted[] = {
	{ "\"\"", "" },
	{ "\"abc\"", "abc" },
	{ "\"\\n\"", "\n" },
	{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t" },
	{ "\"\\u0041\\u00e9\\u20AC\\uFFFF\"", "A\xc3\xa9\xe2\x82\xac\xef\xbf\xbf" },
	{ "\"\\ud83d\\ude00\\uD800\\uDC00\\udbff\\udfff\"",
	    "\xf0\x9f\x98\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf" },
	{ "\"\\\\u0041\"", "\\u0041" },
	{ "\"0123456789abcdef0123456789abcdef\\n0123456789abcdef\"",
	    "0123456789abcdef0123456789abcdef\n0123456789abcdef" },
};

START_TEST(unquotes)
{
	ck_assert(span_eq(
	    json_unquote(span_of(unquoted[_i].json), &mem), span_of(unquoted[_i].text)));
}
END_TEST

/* A random code point, often one that needs an escape. */
static uint32_t
random_code_point(void)
{
	uint32_t c;

	switch (next_random() % 6) {
	case 0:
		return (uint32_t)(next_random() % 31) + 1;
	case 1:
		return (unsigned char)"\"\\/"[next_random() % 3];
	case 2:
		c = (uint32_t)(next_random() % 0x10ffff) + 1;
		return c >= 0xd800 && c <= 0xdfff ? 0xfffd : c;
	default:
		return (uint32_t)(next_random() % 95) + 32;
	}
}

/* quote, scan, unquote is the identity for strings of every length. */
START_TEST(identity)
{
	struct buf text = { 0 }, json = { 0 };
	struct json_error e;
	char *copy;

	for (size_t n = 0; n < 600; n++) {
		text.n = json.n = 0;
		for (size_t i = 0; i < n % 200; i++)
			utf8_put(&text, random_code_point());
		buf_puts(&json, "{\"t\":");
		json_quote(&json, buf_span(&text));
		buf_putc(&json, '}');
		ck_assert(utf8_valid(buf_span(&json)));
		ck_assert_int_eq(scan_copy(buf_span(&json), &copy, &e), 1);
		ck_assert(span_eq(json_unquote(found.v[0].value, &mem), buf_span(&text)));
		free(copy);
		arena_reset(&mem);
	}
	buf_free(&text);
	buf_free(&json);
}
END_TEST

static const struct {
	const char *in, *want;
	uint64_t n;
} repairable[] = {
	{ "", "", 0 },
	{ "\\", "\\", 0 },
	{ "\\u", "\\u", 0 },
	{ "\\u000", "\\u000", 0 },
	{ "\\u0000", "\\ufffd", 1 },
	{ "\\ud800", "\\ufffd", 1 },
	{ "\\ud83d\\ude00", "\\ud83d\\ude00", 0 },
	{ "\\ud83d\\ud83d\\ude00", "\\ufffd\\ud83d\\ude00", 1 },
	{ "\\ude00\\ud83d", "\\ufffd\\ufffd", 2 },
	{ "\\\\u0000", "\\\\u0000", 0 },
	{ "\\\\\\u0000", "\\\\\\ufffd", 1 },
	{ "\\x\\u0000\\u0041", "\\x\\ufffd\\u0041", 1 },
	{ "\\u0g00\\uDFFF", "\\u0g00\\ufffd", 1 },
};

START_TEST(repairs)
{
	size_t n = strlen(repairable[_i].in);
	char *p = malloc(n + 1);

	memcpy(p, repairable[_i].in, n + 1);
	ck_assert_uint_eq(json_repair(p, n), repairable[_i].n);
	ck_assert_str_eq(p, repairable[_i].want);
	ck_assert_uint_eq(json_repair(p, n), 0);
	free(p);
}
END_TEST

#define ROWS(t) ((int)(sizeof(t) / sizeof *(t)))

Suite *
json_suite(void)
{
	Suite *s = suite_create("json");
	TCase *t = tcase_create("json");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, accepts, 0, ROWS(good));
	tcase_add_loop_test(t, refuses, 0, ROWS(bad));
	tcase_add_test(t, prefixes);
	tcase_add_test(t, raw_nul);
	tcase_add_test(t, spans);
	tcase_add_test(t, depth);
	tcase_add_test(t, duplicates);
	tcase_add_loop_test(t, quotes, 0, ROWS(quoted));
	tcase_add_test(t, quotes_any);
	tcase_add_loop_test(t, unquotes, 0, ROWS(unquoted));
	tcase_add_test(t, identity);
	tcase_add_loop_test(t, repairs, 0, ROWS(repairable));
	tcase_add_test(t, crowded);
	suite_add_tcase(s, t);
	return s;
}
