/* warc.c - find where WARC records begin and end, even if their lengths are wrong. */
#include "filters/web/warc.h"

#include "filters/web/http.h"

/* Limits in bytes, for the line ends between records and for the headers of a record. */
enum { HEADERS_MAX = 1 << 16 };

static bool
is_version(struct span s)
{
	return s.n >= 8 && memcmp(s.p, "WARC/", 5) == 0 &&
	       (s.p[5] == '0' || s.p[5] == '1') && s.p[6] == '.';
}

/*
 * As http_header_length(), for the headers of a record.  A line that begins another
 * record ends the search, so that many such lines take linear time.  *more: bytes that
 * follow s can change the result.
 */
static size_t
header_length(struct span s, bool *more)
{
	size_t at = 0;

	if (s.n > HEADERS_MAX)
		s.n = HEADERS_MAX;
	*more = false;
	for (;;) {
		const struct span rest = span_from(s, at);
		const char *nl = rest.n ? memchr(rest.p, '\n', rest.n) : NULL;
		size_t line;

		if (at > 0 && is_version(rest))
			return 0;
		if (!nl)
			break;
		line = (size_t)(nl - rest.p);
		at += line + 1;
		if (line == 0 || (line == 1 && *rest.p == '\r'))
			return at;
	}
	*more = s.n < HEADERS_MAX;
	return 0;
}

/* The length of the line end or byte order mark that s begins with; 0: neither. */
static size_t
gap_byte(struct span s)
{
	if (s.n > 0 && (*s.p == '\r' || *s.p == '\n'))
		return 1;
	return span_starts(s, SPAN("\xEF\xBB\xBF")) ? 3 : 0;
}

size_t
warc_gap(struct span in, size_t at)
{
	size_t n = 0, more = 1;

	while (n < WARC_GAP && more) {
		more = gap_byte(span_from(in, at + n));
		n += more;
	}
	return n;
}

bool
warc_starts(struct span start, bool *more)
{
	const size_t lead = warc_gap(start, 0);
	struct span s = span_from(start, lead);

	*more = s.n < 10;
	if (lead == 0)
		return span_starts(s, SPAN("WARC/"));
	/* A text may begin with blank lines, and be about WARC. */
	return is_version(s) && s.n >= 10 && s.p[7] >= '0' && s.p[7] <= '9' &&
	       (s.p[8] == '\r' || s.p[8] == '\n');
}

size_t
warc_find(struct span in, size_t from, bool (*starts)(struct span))
{
	while (from < in.n) {
		const char *nl = memchr(in.p + from, '\n', in.n - from);

		if (!nl)
			break;
		from = (size_t)(nl - in.p) + 1;
		if (starts(span_from(in, from)))
			return from;
	}
	return in.n;
}

/* Parse 1 to 18 digits.  Returns false for anything else. */
static bool
read_length(struct span s, uint64_t *length)
{
	*length = 0;
	if (s.n == 0 || s.n > 18)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*length = *length * 10 + (uint64_t)(s.p[i] - '0');
	}
	return true;
}

const char warc_wrong_length[] = "WARC record is truncated or has a wrong "
				 "Content-Length: fetch or regenerate the file";

enum warc_result
warc_bad(struct span in, size_t next, bool at_end, uint64_t max, size_t from,
    const char *why, struct warc_record *r)
{
	r->bad = why;
	if (next > max) {
		r->size = next;
		return WARC_LONG;
	}
	if (next == in.n && !at_end)
		return WARC_MORE;
	r->at = warc_gap(in, 0);
	r->size = next;
	/* With headers, `from` is the line end before the body. */
	if (r->headers.n > 0)
		from++;
	r->body = (struct span){ in.p + from, next - from };
	for (int i = 0; i < 4 && r->body.n > 0; i++) {
		const char last = r->body.p[r->body.n - 1];

		if (last != '\r' && last != '\n')
			break;
		r->body.n--;
	}
	return WARC_BAD;
}

static enum warc_result
bad(struct span in, bool at_end, uint64_t max, size_t from, const char *why,
    struct warc_record *r)
{
	return warc_bad(in, warc_find(in, from, is_version), at_end, max, from, why, r);
}

enum warc_result
warc_next(struct span in, bool at_end, uint64_t max, struct warc_record *r)
{
	const size_t lead = warc_gap(in, 0);
	struct span s = span_from(in, lead);
	uint64_t length, end;
	size_t n, gap;
	bool more;

	*r = (struct warc_record){ 0 };
	if (s.n < 8 && !at_end)
		return WARC_MORE;
	if (s.n == 0)
		return WARC_END;
	if (!is_version(s))
		return bad(in, at_end, max, lead,
		    "expected a WARC record: fetch or regenerate the file", r);
	n = header_length(s, &more);
	if (more && !at_end)
		return WARC_MORE;
	if (n == 0)
		return bad(in, at_end, max, lead,
		    "WARC headers are truncated or exceed 64 KiB: fetch or regenerate "
		    "the file",
		    r);
	r->headers = (struct span){ s.p, n };
	n += lead;
	if (!read_length(http_header_value(r->headers, "content-length"), &length))
		return bad(in, at_end, max, n - 1,
		    "WARC record has no valid Content-Length: fetch or regenerate the "
		    "file",
		    r);
	end = n + length;
	r->size = end;
	if (end > max)
		return WARC_LONG;
	if (end > in.n)
		return !at_end ? WARC_MORE
			       : bad(in, at_end, max, n - 1, warc_wrong_length, r);
	gap = warc_gap(in, (size_t)end);
	s = span_from(in, (size_t)end + gap);
	if (s.n < 8 && gap < WARC_GAP && !at_end)
		return WARC_MORE;
	/* The length is right if the line ends of the standard follow: then the bytes
	 * after those are bad. */
	if (s.n > 0 && gap < WARC_GAP && !is_version(s) &&
	    !span_starts(span_from(in, (size_t)end), SPAN("\r\n\r\n")))
		return bad(in, at_end, max, n - 1, warc_wrong_length, r);
	r->body = (struct span){ in.p + n, (size_t)length };
	r->size = end + gap;
	return WARC_RECORD;
}

/* Whether the headers are those of a record by the standard, not of a text about WARC. */
static bool
has_record_fields(struct span headers)
{
	uint64_t length;

	return http_header_value(headers, "warc-type").n > 0 &&
	       http_header_value(headers, "warc-record-id").n > 0 &&
	       read_length(http_header_value(headers, "content-length"), &length);
}

size_t
warc_resync(struct span in, uint64_t left, bool at_end, bool *found)
{
	const size_t end = in.n < left ? in.n : (size_t)left;
	size_t at = 0;

	for (*found = false; at < end; at++) {
		const char *nl = memchr(in.p + at, '\n', end - at);
		struct span s;
		bool more;
		size_t n;

		at = nl ? (size_t)(nl - in.p) : end;
		if (at + 1 >= left || !nl)
			return end;
		s = span_from(in, at + 1);
		if (s.n < 8 && !at_end)
			return at;
		if (!is_version(s))
			continue;
		n = header_length(s, &more);
		if (more && !at_end)
			return at;
		*found = has_record_fields((struct span){ s.p, n });
		if (*found)
			return at + 1;
	}
	return end;
}
