/* arc.c - find where ARC records begin and end, even if their lengths are wrong. */
#include "filters/web/arc.h"

#include <stdio.h>

#include "filters/web/http.h"
#include "lib/base/chars.h"

/* Limits in bytes, for the line ends between records and for the line before one. */
enum { LINE_MAX = 1 << 16 };

/*
 * The line before a record: "URL IP-address date type length" in version 1, "URL
 * IP-address date type status checksum location offset filename length" in version 2.
 */
struct arc_line {
	struct span url, date, type;
	uint64_t length;
};

const char arc_wrong_length[] = "ARC record is truncated or has a wrong length: fetch or "
				"regenerate the file";

/* The bytes up to the next blank. */
static struct span
word_of(struct span s)
{
	const char *blank = s.n ? memchr(s.p, ' ', s.n) : NULL;

	return (struct span){ s.p, blank ? (size_t)(blank - s.p) : s.n };
}

static bool
is_number(struct span s, size_t min, size_t max)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]))
			return false;
	return s.n >= min && s.n <= max;
}

/* Whether a word can be an IP address, of version 4 or 6. */
static bool
is_address(struct span s)
{
	bool separated = false;

	for (size_t i = 0; i < s.n; i++) {
		separated |= s.p[i] == '.' || s.p[i] == ':';
		if (hex_digit(s.p[i]) < 0 && s.p[i] != '.' && s.p[i] != ':')
			return false;
	}
	return separated;
}

/* The number after the last blank. */
static bool
read_length(struct span s, uint64_t *length)
{
	size_t at = s.n;

	while (at > 0 && s.p[at - 1] != ' ')
		at--;
	s = span_from(s, at);
	if (at == 0 || !is_number(s, 1, 18))
		return false;
	*length = 0;
	for (size_t i = 0; i < s.n; i++)
		*length = *length * 10 + (uint64_t)(s.p[i] - '0');
	return true;
}

/* Parse a line, without its end.  The URL may have blanks. */
static bool
parse_line(struct span s, struct arc_line *line)
{
	enum { DATE_MIN = 12, DATE_MAX = 17 }; /* YYYYMMDDhhmm and more */
	const char *start = s.p;

	while (s.n > 0 && s.p[s.n - 1] == '\r')
		s.n--;
	if (!read_length(s, &line->length))
		return false;
	for (;;) {
		const struct span word = word_of(s);
		struct span after;

		if (word.n == s.n)
			return false;
		after = span_from(s, word.n + 1);
		line->date = word_of(after);
		if (word.p > start && is_address(word) &&
		    is_number(line->date, DATE_MIN, DATE_MAX) && line->date.n < after.n) {
			line->url = (struct span){ start, (size_t)(word.p - start) - 1 };
			line->type = word_of(span_from(after, line->date.n + 1));
			return line->url.n > 0 && memchr(start, ':', line->url.n);
		}
		s = after;
	}
}

/* The line at the front of s with its end; empty if it is not whole within LINE_MAX. */
static struct span
first_line(struct span s)
{
	const char *nl = s.n ? memchr(s.p, '\n', s.n < LINE_MAX ? s.n : LINE_MAX) : NULL;

	return (struct span){ s.p, nl ? (size_t)(nl - s.p) + 1 : 0 };
}

bool
arc_starts(struct span s)
{
	const struct span line = first_line(s);
	struct arc_line fields;

	return line.n > 0 && parse_line((struct span){ line.p, line.n - 1 }, &fields);
}

static enum warc_result
bad(struct span in, bool at_end, uint64_t max, size_t from, const char *why,
    struct warc_record *r)
{
	return warc_bad(in, warc_find(in, from, arc_starts), at_end, max, from, why, r);
}

enum warc_result
arc_next(struct span in, bool at_end, uint64_t max, struct warc_record *r)
{
	const size_t lead = warc_gap(in, 0);
	struct span s = span_from(in, lead);
	struct arc_line line;
	size_t n, gap;
	uint64_t end;

	*r = (struct warc_record){ 0 };
	if (s.n == 0)
		return at_end ? WARC_END : WARC_MORE;
	r->headers = first_line(s);
	if (r->headers.n == 0 && s.n < LINE_MAX && !at_end)
		return WARC_MORE;
	if (!arc_starts(s)) {
		r->headers.n = 0;
		return bad(in, at_end, max, lead,
		    "expected an ARC record: fetch or regenerate the file", r);
	}
	parse_line((struct span){ s.p, r->headers.n - 1 }, &line);
	n = lead + r->headers.n;
	end = n + line.length;
	r->size = end;
	if (end > max)
		return WARC_LONG;
	if (end > in.n)
		return !at_end ? WARC_MORE
			       : bad(in, at_end, max, n - 1, arc_wrong_length, r);
	gap = warc_gap(in, (size_t)end);
	s = span_from(in, (size_t)end + gap);
	if (first_line(s).n == 0 && s.n < LINE_MAX && gap < WARC_GAP && !at_end)
		return WARC_MORE;
	if (s.n > 0 && gap < WARC_GAP && !arc_starts(s))
		return bad(in, at_end, max, n - 1, arc_wrong_length, r);
	r->body = (struct span){ in.p + n, (size_t)line.length };
	r->size = end + gap;
	return WARC_RECORD;
}

size_t
arc_resync(struct span in, uint64_t left, bool at_end, bool *found)
{
	const size_t end = in.n < left ? in.n : (size_t)left;
	size_t at = 0;

	for (*found = false; at < end; at++) {
		const char *nl = memchr(in.p + at, '\n', end - at);
		struct span s;

		if (!nl)
			return end;
		at = (size_t)(nl - in.p);
		if (at + 1 >= left)
			return end;
		s = span_from(in, at + 1);
		if (first_line(s).n == 0 && s.n < LINE_MAX && !at_end)
			return at;
		*found = arc_starts(s);
		if (*found)
			return at + 1;
	}
	return end;
}

/* Convert a date, YYYYMMDDhhmmss, to that of WARC. */
static struct span
iso_date(struct span s, char date[ARC_DATE_SIZE])
{
	const char *p = s.p;
	int n;

	n = snprintf(date, ARC_DATE_SIZE, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", p, p + 4,
	    p + 6, p + 8, p + 10, s.n >= 14 ? p + 12 : "00");
	return (struct span){ date, (size_t)n };
}

void
arc_fields(const struct warc_record *r, char date[ARC_DATE_SIZE], struct web_record *w)
{
	struct arc_line line;

	*w = (struct web_record){ .type = SPAN("response"), .body = r->body };
	if (r->headers.n == 0 ||
	    !parse_line((struct span){ r->headers.p, r->headers.n - 1 }, &line))
		return;
	w->url = line.url;
	w->date = iso_date(line.date, date);
	w->mime = http_value_is(line.type, "no-type") ? SPAN("") : line.type;
	if (span_starts(line.url, SPAN("filedesc:")))
		w->type = SPAN("warcinfo");
}
