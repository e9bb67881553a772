/* fuzz_warc.c - any bytes as a WARC and an ARC file: reading in steps or at once gives
 * the same records. */
#include <stdlib.h>

#include "filters/web/arc.h"
#include "filters/web/payload.h"
#include "lib/base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { MAX = 1 << 12 };

static void
check(bool holds)
{
	if (!holds)
		abort();
}

static void
read_response(struct span body)
{
	struct buf out = { 0 };
	struct span type, charset;
	struct http_body decoder = { 0 };
	struct http_payload plain;
	struct http_response h;
	bool cut;

	http_parse(body, &h);
	http_content_type(http_header_value(h.headers, "content-type"), &type, &charset);
	check(type.n + charset.n <= body.n);
	http_dechunk(h.body, &out, &cut);
	if (http_body_decode(&decoder, &h, MAX, &plain) == HTTP_DECODED)
		check(plain.bytes.n <= MAX || plain.bytes.n <= body.n);
	http_dechunk(body, &out, &cut);
	check(out.n <= 2 * body.n);
	http_body_free(&decoder);
	buf_free(&out);
}

/* A record that its first bytes refuse is not a payload. */
static void
read_payload(const struct warc_record *r, bool arc)
{
	struct http_body decoder = { 0 };
	char date[ARC_DATE_SIZE];
	struct web_record w;
	struct web_payload p;
	const char *refused;

	if (arc)
		arc_fields(r, date, &w);
	else
		payload_warc_fields(r, &w);
	refused = payload_refused(&w);
	if (!payload_read(&decoder, &w, MAX, &p))
		check(!refused && (p.bytes.n <= MAX || p.bytes.n <= r->body.n));
	http_body_free(&decoder);
}

/* Append the kind and size of each whole record of `in`; return the bytes they take. */
static size_t
walk(struct span in, bool arc, bool at_end, struct buf *notes, bool *stop)
{
	struct warc_record r;
	size_t used = 0;

	for (;;) {
		const struct span s = span_from(in, used);
		const enum warc_result got =
		    arc ? arc_next(s, at_end, MAX, &r) : warc_next(s, at_end, MAX, &r);

		if (got == WARC_END || got == WARC_MORE) {
			check(got == WARC_END || !at_end);
			return used;
		}
		*stop = got == WARC_LONG;
		if (*stop)
			return used;
		check(r.size > 0 && r.size <= s.n);
		check(r.body.p >= s.p && r.body.p + r.body.n <= s.p + r.size);
		check((got == WARC_BAD) == (r.bad != NULL));
		buf_putf(notes, "%d:%llu ", (int)got, (unsigned long long)r.size);
		read_response(r.body);
		read_payload(&r, arc);
		used += (size_t)r.size;
		/* As archive_find(). */
		if (got == WARC_BAD && !at_end)
			return used;
	}
}

static void
read_file(struct span in, size_t step, bool arc)
{
	struct buf whole = { 0 }, parts = { 0 };
	size_t at = 0, have = 0;
	bool stop = false, end = false, stopped = false;

	walk(in, arc, true, &whole, &stop);
	while (!end && !stopped) {
		const size_t before = parts.n;
		struct buf again = { 0 };
		size_t used;

		have = have + step > in.n ? in.n : have + step;
		end = have == in.n;
		used = walk(
		    (struct span){ in.p + at, have - at }, arc, end, &parts, &stopped);
		/* The bytes taken give the same records when read again by themselves. */
		check(walk((struct span){ in.p + at, used }, arc, true, &again, &stop) ==
		      used);
		check(again.n == parts.n - before);
		check(again.n == 0 || memcmp(again.p, parts.p + before, again.n) == 0);
		buf_free(&again);
		at += used;
	}
	check(parts.n == whole.n &&
	      (parts.n == 0 || memcmp(parts.p, whole.p, parts.n) == 0));
	buf_free(&whole);
	buf_free(&parts);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span in;

	if (n < 2)
		return 0;
	in = (struct span){ (const char *)data + 1, n - 1 };
	read_file(in, data[0] + 1u, false);
	read_file(in, data[0] + 1u, true);
	return 0;
}
