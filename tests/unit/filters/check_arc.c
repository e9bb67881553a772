/* check_arc.c - tests of ARC records, valid, inconsistent and truncated. */
#include <check.h>
#include <stdlib.h>

#include "filters/web/arc.h"
#include "lib/base/mem.h"

Suite *arc_suite(void);

#define HEAD(n)	     "http://a.example/ 1.2.3.4 20010203040506 text/html " #n "\n"
#define RECORD(n, b) HEAD(n) b "\n"

enum { MAX = 4096 };

static const struct {
	const char *in, *want; /* r(ecord), b(ad), l(ong) */
} files[] = {
	{ "", "" },
	{ "\n\n", "" },
	{ RECORD(3, "abc") RECORD(0, "") RECORD(1, "x"), "rrr" },
	{ "\n" HEAD(3) "abc", "r" },
	{ HEAD(1) "x\n\n\n" HEAD(1) "y", "rr" },
	/* version 2, a blank in the URL, CRLF, IPv6 */
	{ "http://a.example/ 1.2.3.4 20010203040506 text/html 200 - - 0 a.arc 1\nx\n",
	    "r" },
	{ "http://a.example/b c 1.2.3.4 20010203040506 text/html 1\r\nx\r\n", "r" },
	{ "http://a.example/ 2001:db8::1 20010203040506 text/html 1\nx\n", "r" },
	/* not the line before a record */
	{ "http://a.example/ 1.2.3.4 2001 text/html 1\nx\n", "b" },
	{ "http://a.example/ 1234 20010203040506 text/html 1\nx\n", "b" },
	{ "http://a.example/ 1.2.3.4 20010203040506 text/html x\nx\n", "b" },
	{ "http://a.example/ 1.2.3.4 20010203040506 1\nx\n", "r" },
	{ "1.2.3.4 20010203040506 text/html 1\nx\n", "b" },
	/* wrong lengths */
	{ RECORD(2, "abc") RECORD(1, "x"), "br" },
	{ RECORD(9, "abc") RECORD(1, "x"), "br" },
	{ RECORD(2000, "abc") RECORD(1, "x"), "br" },
	{ RECORD(5000, "abc") RECORD(1, "x"), "l" },
	{ RECORD(9, "abc"), "b" },
	{ "hello\n" RECORD(1, "x"), "br" },
};

/* Read the records of `in`, append a letter for each, and return the bytes they take. */
static size_t
walk(struct span in, bool at_end, struct buf *out, bool *stop)
{
	struct warc_record r;
	size_t used = 0;

	for (*stop = false;;) {
		const struct span s = span_from(in, used);
		const enum warc_result got = arc_next(s, at_end, MAX, &r);

		if (got == WARC_END || got == WARC_MORE) {
			ck_assert(got == WARC_END || !at_end);
			return used;
		}
		buf_putc(out, got == WARC_RECORD ? 'r' : got == WARC_BAD ? 'b' : 'l');
		*stop = got == WARC_LONG;
		if (*stop)
			return used;
		ck_assert(r.size > 0 && r.size <= s.n);
		ck_assert(r.body.p >= s.p && r.body.p + r.body.n <= s.p + r.size);
		ck_assert_int_eq(got == WARC_BAD, r.bad != NULL);
		used += (size_t)r.size;
	}
}

START_TEST(records)
{
	const struct span s = span_of(files[_i].in);

	for (size_t step = 1; step <= s.n + 1; step++) {
		struct buf got = { 0 };
		size_t at = 0, end = 0;
		bool stop = false;

		while (end < s.n + 1 && !stop) {
			end = end + step < s.n ? end + step : s.n;
			at += walk(
			    (struct span){ s.p + at, end - at }, end == s.n, &got, &stop);
			end += end == s.n;
		}
		ck_assert_uint_eq(got.n, strlen(files[_i].want));
		ck_assert(got.n == 0 || memcmp(got.p, files[_i].want, got.n) == 0);
		buf_free(&got);
	}
}
END_TEST

START_TEST(cut_off_at_every_byte)
{
	const struct span whole = SPAN(RECORD(3, "abc") RECORD(5, "hello"));

	for (size_t n = 0; n <= whole.n; n++) {
		/* A copy of the exact size, so that a sanitizer detects a read beyond it.
		 */
		char *copy = xmalloc(n + 1);
		struct buf got = { 0 };
		bool stop;

		memcpy(copy, whole.p, n);
		ck_assert_uint_eq(walk((struct span){ copy, n }, true, &got, &stop), n);
		buf_free(&got);
		free(copy);
	}
}
END_TEST

static const struct {
	const char *in;
	uint64_t left;
	size_t at; /* of the record found; 0: none */
} lost[] = {
	{ "", 9, 0 },
	{ "abc\n", 99, 0 },
	{ "abc\n" HEAD(3), 999, 4 },
	{ "abc\n" HEAD(3), 4, 0 },
	{ "\nhttp://a.example/ 1.2.3.4 x text/html 1\n" HEAD(3), 999, 41 },
};

START_TEST(finds_its_place)
{
	const struct span s = span_of(lost[_i].in);

	for (size_t step = 1; step <= s.n + 1; step++) {
		size_t at = 0, end = step < s.n ? step : s.n;
		bool found = false;

		while (at < s.n && at < lost[_i].left && !found) {
			const size_t n = arc_resync((struct span){ s.p + at, end - at },
			    lost[_i].left - at, end == s.n, &found);

			ck_assert_uint_le(n, end - at);
			ck_assert(n > 0 || end < s.n || found);
			at += n;
			end = end + step < s.n ? end + step : s.n;
		}
		ck_assert_int_eq(found, lost[_i].at > 0);
		ck_assert_uint_eq(found ? at : 0, lost[_i].at);
	}
}
END_TEST

START_TEST(fields)
{
	const char *in = "http://a.example/b c 1.2.3.4 20010203040506 text/html 1\nx";
	char date[ARC_DATE_SIZE];
	struct warc_record r;
	struct web_record w;

	ck_assert_int_eq(arc_next(span_of(in), true, MAX, &r), WARC_RECORD);
	arc_fields(&r, date, &w);
	ck_assert(span_eq(w.url, SPAN("http://a.example/b c")));
	ck_assert(span_eq(w.date, SPAN("2001-02-03T04:05:06Z")));
	ck_assert(span_eq(w.mime, SPAN("text/html")));
	ck_assert(span_eq(w.type, SPAN("response")));
	ck_assert(span_eq(w.body, SPAN("x")));
}
END_TEST

#define ROWS(t) ((int)(sizeof(t) / sizeof *(t)))

Suite *
arc_suite(void)
{
	Suite *s = suite_create("arc");
	TCase *c = tcase_create("arc");

	tcase_add_loop_test(c, records, 0, ROWS(files));
	tcase_add_test(c, cut_off_at_every_byte);
	tcase_add_loop_test(c, finds_its_place, 0, ROWS(lost));
	tcase_add_test(c, fields);
	suite_add_tcase(s, c);
	return s;
}
