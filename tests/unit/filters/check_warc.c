/* check_warc.c - tests of WARC records and HTTP responses, valid, inconsistent and
 * truncated. */
#include <check.h>
#include <stdlib.h>

#include "filters/web/http.h"
#include "filters/web/warc.h"
#include "lib/base/mem.h"

Suite *warc_suite(void);

#define HEAD(n)	     "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: " #n "\r\n\r\n"
#define RECORD(n, b) HEAD(n) b "\r\n\r\n"

enum { MAX = 4096 };

static void
assert_span(struct span got, const char *want)
{
	ck_assert_uint_eq(got.n, strlen(want));
	ck_assert(got.n == 0 || memcmp(got.p, want, got.n) == 0);
}

/* Read all records of `in` and append a letter for each: r(ecord), b(ad), l(ong). */
static void
walk(struct span in, bool at_end, struct buf *out, size_t *used)
{
	struct warc_record r;

	for (*used = 0;;) {
		const struct span s = span_from(in, *used);
		const enum warc_result got = warc_next(s, at_end, MAX, &r);

		if (got == WARC_END || got == WARC_MORE) {
			ck_assert(got == WARC_END || !at_end);
			return;
		}
		ck_assert_uint_gt(r.size, 0);
		if (got == WARC_BAD) {
			ck_assert_ptr_nonnull(r.bad);
			ck_assert_uint_lt(r.at, s.n);
		}
		buf_putc(out, got == WARC_RECORD ? 'r' : got == WARC_BAD ? 'b' : 'l');
		if (got == WARC_LONG) {
			*used += r.size < s.n ? (size_t)r.size : s.n;
			continue;
		}
		ck_assert_uint_le(r.size, s.n);
		ck_assert(r.body.p >= s.p && r.body.p + r.body.n <= s.p + r.size);
		*used += (size_t)r.size;
	}
}

static const struct {
	const char *in, *want;
} files[] = {
	{ "", "" },
	{ "\r\n\r\n", "" },
	{ RECORD(3, "abc"), "r" },
	{ HEAD(3) "abc", "r" },
	{ "\n\n" RECORD(3, "abc") RECORD(0, "") RECORD(1, "x"), "rrr" },
	{ "WARC/0.17\nwarc-type: x\ncontent-length:2\n\nab\n\nWARC/1.1\nContent-Length: "
	  "1\n\nb",
	    "rr" },
	{ "WARC/1.0\r\nX: a\r\n b\r\nCONTENT-LENGTH :  3 \r\n\r\nabc\r\n\r\n", "r" },
	/* bodies that look like records */
	{ RECORD(19, "\r\nWARC/1.0\r\nx: y\r\n\n") RECORD(1, "x"), "rr" },
	/* wrong lengths: too short, too long, much too long, missing, not a number */
	{ RECORD(2, "abc") RECORD(1, "x"), "br" },
	{ RECORD(9, "abc") RECORD(1, "x"), "br" },
	{ RECORD(2000, "abc") RECORD(1, "x"), "br" },
	{ RECORD(9, "abc"), "b" },
	{ "WARC/1.0\r\nA: b\r\n\r\nabc\r\n\r\n" RECORD(1, "x"), "br" },
	{ RECORD(-1, "abc") RECORD(1, "x"), "br" },
	{ RECORD(99999999999999999999, "abc") RECORD(1, "x"), "br" },
	{ RECORD(5000, "abc") RECORD(1, "x"), "l" },
	/* not a WARC file */
	{ "hello\n" RECORD(1, "x"), "br" },
	{ "hello", "b" },
	{ "WARC/1.0\r\nContent-Length: 3\r\n", "b" },
	{ "WARC/", "b" },
	{ RECORD(1, "x") "junk\r\n" RECORD(1, "y"), "rbr" },
	{ HEAD(1) "x\n\njunk\r\n" RECORD(1, "y"), "br" },
	/* headers that another record interrupts */
	{ "WARC/1.0\r\nWARC/1.0\r\n" RECORD(1, "x"), "bbr" },
	{ "WARC/1.0\r\nA: b\r\nWARC/1.", "b" },
};

START_TEST(records)
{
	struct buf got = { 0 };
	size_t used;

	walk(span_of(files[_i].in), true, &got, &used);
	assert_span(buf_span(&got), files[_i].want);
	buf_free(&got);
}
END_TEST

#define FIELDS "WARC-Type: request\r\nWARC-Record-ID: x\r\nContent-Length: 1\r\n\r\n"

static const struct {
	const char *in;
	uint64_t left;
	size_t at; /* of the record found; 0: none */
} lost[] = {
	{ "", 9, 0 },
	{ "abc", 2, 0 },
	{ "abc\r\n\r\nWARC/1.0\r\n" FIELDS "x", 999, 7 },
	{ "\nWARC/1.1\n" FIELDS "x", 999, 1 },
	{ "\nWARC/1.1\n" FIELDS "x", 2, 1 },
	/* after the end of the record */
	{ "\nWARC/1.1\n" FIELDS "x", 1, 0 },
	/* a text about WARC, and headers without an end */
	{ "a\nWARC/1.0 is a format\n\nWARC-Type: x\nWARC-Record-ID: y\n\n", 999, 0 },
	{ "a\nWARC/1.0\nWARC-Type: x\nContent-Length: 1\n\n", 999, 0 },
	{ "a\nWARC/1.0\nA: b\nWARC/1.0\n" FIELDS, 999, 16 },
	{ "a\nWARC/1.0\nWARC-Type: x\nWARC-Record-ID: y\nContent-Length: 1\n", 999, 0 },
	{ "a WARC/1.0\n\nWARC/1.0\nX: y\n\n\nWARC/1.0\n" FIELDS, 999, 28 },
};

/* The place of the next record is the same whether bytes arrive one by one or at once. */
START_TEST(finds_its_place)
{
	const struct span s = span_of(lost[_i].in);

	for (size_t step = 1; step <= s.n + 1; step++) {
		size_t at = 0, end = step < s.n ? step : s.n;
		bool found = false;

		while (at < s.n && at < lost[_i].left && !found) {
			const size_t n = warc_resync((struct span){ s.p + at, end - at },
			    lost[_i].left - at, end == s.n, &found);

			ck_assert_uint_le(n, end - at);
			ck_assert(n > 0 || end < s.n);
			at += n;
			end = end + step < s.n ? end + step : s.n;
		}
		ck_assert_int_eq(found, lost[_i].at > 0);
		ck_assert_uint_eq(found ? at : 0, lost[_i].at);
	}
}
END_TEST

START_TEST(cut_off_at_every_byte)
{
	const struct span whole = SPAN(RECORD(3, "abc") RECORD(0, "") RECORD(5, "hello"));

	for (size_t n = 0; n <= whole.n; n++) {
		/* A copy of the exact size, so that a sanitizer detects a read beyond it.
		 */
		char *copy = xmalloc(n + 1);
		struct buf got = { 0 };
		size_t used;

		memcpy(copy, whole.p, n);
		walk((struct span){ copy, n }, true, &got, &used);
		ck_assert_uint_le(got.n, 3);
		for (size_t i = 0; i + 1 < got.n; i++)
			ck_assert_int_eq(got.p[i], 'r');
		buf_free(&got);
		free(copy);
	}
}
END_TEST

/* The records are the same whether the bytes arrive in steps, all at once, or are read
 * again. */
START_TEST(same_in_pieces)
{
	const struct span in = span_of(files[_i].in);

	/* The caller skips the bytes of a record that is too long. */
	if (strchr(files[_i].want, 'l'))
		return;
	for (size_t step = 1; step < 40; step++) {
		struct buf got = { 0 };
		size_t at = 0, have = 0;

		while (at < in.n) {
			const bool end = have >= in.n;
			size_t used, again;
			struct buf second = { 0 };
			const size_t before = got.n;

			walk((struct span){ in.p + at, (end ? in.n : have) - at }, end,
			    &got, &used);
			walk((struct span){ in.p + at, used }, true, &second, &again);
			ck_assert_uint_eq(second.n, got.n - before);
			ck_assert(second.n == 0 ||
				  memcmp(second.p, got.p + before, second.n) == 0);
			buf_free(&second);
			at += used;
			if (end)
				break;
			have += step;
			have = have < at ? at : have;
		}
		assert_span(buf_span(&got), files[_i].want);
		buf_free(&got);
	}
}
END_TEST

static const struct {
	const char *headers, *name, *want;
} headers[] = {
	{ "A: b\r\nC: d\r\n\r\n", "c", "d" },
	{ "content-TYPE:text/html\n\n", "content-type", "text/html" },
	{ "A: b\r\n  c\r\nD: e\r\n\r\n", "a", "b\r\n  c" },
	{ "A: b\r\n D: e\r\n\r\n", "d", "" },
	{ "nothing\r\n: x\r\nA:\r\n\r\n", "a", "" },
	{ "A : b\r\nA: c\r\n", "a", "b" },
	{ "", "a", "" },
};

START_TEST(header)
{
	assert_span(http_header_value(span_of(headers[_i].headers), headers[_i].name),
	    headers[_i].want);
}
END_TEST

static const struct {
	const char *in;
	bool ok;
	int status;
	const char *body;
} responses[] = {
	{ "HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody", true, 200, "body" },
	{ "HTTP/1.0 302\n\nbody", true, 302, "body" },
	{ "HTTP/2 404 \r\n\r\n", true, 404, "" },
	{ "HTTP/1.1  200 OK\r\n\r\nx", true, 200, "x" },
	{ "HTTP/1.1 200 OK\r\nA: b", true, 200, "" },
	{ "HTTP/1.1", true, 0, "" },
	{ "HTTP/2 200\n\nx", true, 200, "x" },
	{ "ICY 200 OK\r\n\r\nx", true, 200, "x" },
	{ "ICY", false, 0, "ICY" },
	{ "GET / HTTP/1.1\r\n\r\n", false, 0, "GET / HTTP/1.1\r\n\r\n" },
	{ "", false, 0, "" },
};

START_TEST(response)
{
	struct http_response h;

	ck_assert_int_eq(http_parse(span_of(responses[_i].in), &h), responses[_i].ok);
	ck_assert_int_eq(h.status, responses[_i].status);
	assert_span(h.body, responses[_i].body);
}
END_TEST

static const struct {
	const char *in, *type, *charset;
} types[] = {
	{ "text/html", "text/html", "" },
	{ "text/html; charset=utf-8", "text/html", "utf-8" },
	{ " text/html ;x=y; Charset=\"EUC-JP\" ;z", "text/html", "EUC-JP" },
	{ "text/html;charset='latin1'", "text/html", "latin1" },
	{ "text/html;", "text/html", "" },
	{ ";charset=", "", "" },
	{ "\"text/html\"", "text/html", "" },
	{ "'text/html; charset=x'", "text/html", "x" },
	{ "text/html, text/html;charset=x", "text/html", "x" },
	{ "text/html;charset=x, TEXT/HTML", "TEXT/HTML", "x" },
	{ "text/html;charset=x, text/plain", "text/plain", "" },
	{ "text/html;charset=x,,gbk", "text/html", "x" },
	{ "text/html; a=\"b,c;charset=y\"; charset=x", "text/html", "x" },
	{ "html", "html", "" },
	{ "\"", "", "" },
	{ "", "", "" },
};

START_TEST(content_type)
{
	struct span type, charset;

	http_content_type(span_of(types[_i].in), &type, &charset);
	assert_span(type, types[_i].type);
	assert_span(charset, types[_i].charset);
}
END_TEST

static const struct {
	const char *in;
	bool ok, cut;
	const char *want;
} chunked[] = {
	{ "3\r\nabc\r\n0\r\n\r\n", true, false, "abc" },
	{ "3\r\nabc\r\n00A;x=y\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n", true, false,
	    "abc0123456789" },
	{ "3 \nabc\n2\nde\n0\n\n", true, false, "abcde" },
	{ "0\r\n\r\n", true, false, "" },
	/* truncated */
	{ "5\r\nabc", true, true, "abc" },
	{ "3\r\nabc\r\n", true, true, "abc" },
	{ "3\r\nabc\r", true, true, "abc" },
	{ "3\r\nabc\r\n25", true, true, "abc" },
	{ "3\r\nabc\r\n25;", true, true, "abc" },
	{ "3\r\nabc\r\n0;x=\"y", true, true, "abc" },
	{ "3\r\nabc\r\n2  \r", true, true, "abc" },
	{ "1\r\na\r\n2\r\nbc\r\n25x", true, true, "abc25x" },
	/* damaged after two chunks */
	{ "1\r\na\r\n2\r\nbc\r\nx\r\nd", true, true, "abcx\r\nd" },
	{ "1\r\na\r\n1\r\nb\r\n2\r\ncdef", true, true, "abcdef" },
	/* damaged after a long chunk */
	{ "21\r\nA chunk of more than thirty bytes\r\nZZ\r\nd", true, true,
	    "A chunk of more than thirty bytesZZ\r\nd" },
	{ "21\r\nA chunk of more than thirty bytes\r\nFFFFFFFFF\r\nd", true, true,
	    "A chunk of more than thirty bytesFFFFFFFFF\r\nd" },
	/* the body is not chunked, whatever the headers state */
	{ "<html>", false, false, "" },
	{ "face the music\r\n", false, false, "" },
	{ "3\r\nabcdef\r\n0\r\n", false, false, "" },
	{ "3\r\nabc\r\nhello", false, false, "" },
	{ "3\r\n100\r\nTwo numbers of a list, and a line\r\n", false, false, "" },
	{ "fffffffff\r\nabc", false, false, "" },
	{ "abc", false, false, "" },
	{ "", false, false, "" },
};

START_TEST(dechunk)
{
	struct buf out = { 0 };
	bool cut;

	buf_putc(&out, '!');
	ck_assert_int_eq(
	    http_dechunk(span_of(chunked[_i].in), &out, &cut), chunked[_i].ok);
	ck_assert_int_eq(cut, chunked[_i].cut);
	ck_assert_int_eq(out.p[0], '!');
	assert_span(span_from(buf_span(&out), 1), chunked[_i].want);
	buf_free(&out);
}
END_TEST

static const struct {
	const char *in;
	bool want;
} chunked_alone[] = {
	{ "3\r\nabc\r\n0\r\n\r\n", true },
	{ "3;x=y\r\nabc\r\n000A\r\n0123456789\r\n0\r\n\r\n", true },
	{ "", false },
	{ "0\r\n\r\n", false },
	{ "3\r\nabc\r\n0\r\n", false },
	{ "3\r\nabc\r\n0\r\n\r\nmore", false },
	{ "3\r\nabc\r\n", false },
	{ "3\r\nabc", false },
	{ "3\nabc\n0\n\n", false },
	{ "1\r\n2\r\n3\r\n4\r\n", false },
};

START_TEST(is_chunked)
{
	ck_assert_int_eq(
	    http_is_chunked(span_of(chunked_alone[_i].in)), chunked_alone[_i].want);
}
END_TEST

#define ROWS(t) ((int)(sizeof(t) / sizeof *(t)))

Suite *
warc_suite(void)
{
	Suite *s = suite_create("warc");
	TCase *c = tcase_create("warc");

	tcase_add_loop_test(c, finds_its_place, 0, ROWS(lost));
	tcase_add_loop_test(c, records, 0, ROWS(files));
	tcase_add_test(c, cut_off_at_every_byte);
	tcase_add_loop_test(c, same_in_pieces, 0, ROWS(files));
	tcase_add_loop_test(c, header, 0, ROWS(headers));
	tcase_add_loop_test(c, response, 0, ROWS(responses));
	tcase_add_loop_test(c, content_type, 0, ROWS(types));
	tcase_add_loop_test(c, dechunk, 0, ROWS(chunked));
	tcase_add_loop_test(c, is_chunked, 0, ROWS(chunked_alone));
	suite_add_tcase(s, c);
	return s;
}
