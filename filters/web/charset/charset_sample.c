/* charset_sample.c - select the bytes of a text that tell its charset. */
#include "filters/web/charset/charset_sample.h"

#include "lib/base/chars.h"

/* ASCII bytes before and after a run of others. */
enum { CONTEXT = 3 };

static bool
is_high(char c)
{
	return (unsigned char)c >= 0x80;
}

/* The offset of the first byte from 0x80, from `at` on; s.n if there is none. */
static size_t
next_high(struct span s, size_t at)
{
	uint64_t v;

	for (; s.n - at >= sizeof v; at += sizeof v) {
		memcpy(&v, s.p + at, sizeof v);
		if (v & UINT64_C(0x8080808080808080))
			break;
	}
	while (at < s.n && !is_high(s.p[at]))
		at++;
	return at;
}

static bool
begins_tag(struct span s, size_t at)
{
	const char c = at + 1 < s.n ? ascii_lower(s.p[at + 1]) : ' ';

	return (c >= 'a' && c <= 'z') || c == '/' || c == '!' || c == '?';
}

/* Whether byte `at` is inside a tag.  inside: the same of byte `from`, before it. */
static bool
in_tag(struct span s, size_t from, size_t at, bool inside)
{
	for (size_t i = at; i > from; i--) {
		if (s.p[i - 1] == '>')
			return false;
		if (s.p[i - 1] == '<' && begins_tag(s, i - 1))
			return true;
	}
	return inside;
}

void
charset_sample(struct span text, bool tags, size_t max, struct buf *out)
{
	const size_t start = out->n;
	size_t last = 0, taken = 0; /* the ends of the last run, and of the last taken */
	size_t at = 0;
	bool inside = false;

	buf_putc(out, ' ');
	while ((at = next_high(text, at)) < text.n && out->n - start < max) {
		size_t end = at, before = at > CONTEXT ? at - CONTEXT : 0;

		inside = tags && in_tag(text, last, at, inside);
		while (end < text.n && is_high(text.p[end]))
			end++;
		if (end - at > max)
			end = at + max;
		last = end;
		if (!inside) {
			if (taken > 0 && at - taken <= 2 * (size_t)CONTEXT) {
				before = taken;
			} else if (taken > 0) {
				buf_put(out, text.p + taken, CONTEXT);
				buf_putc(out, ' ');
			}
			buf_put(out, text.p + before, end - before);
			taken = end;
		}
		at = end;
	}
	if (taken > 0)
		buf_put(out, text.p + taken,
		    text.n - taken < CONTEXT ? text.n - taken : CONTEXT);
	buf_putc(out, ' ');
}
