/* charset_sample.c - select the bytes of a text that tell its charset. */
#include "filters/web/charset/charset_sample.h"

#include "lib/base/chars.h"

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

/* The beginning of up to `context` bytes before `at`, and the end of as many after it.
 * Wide contexts end at tags. */
static size_t
context_before(struct span s, size_t at, size_t context)
{
	size_t from = at;

	if (context <= CHARSET_CONTEXT)
		return at > context ? at - context : 0;
	while (from > 0 && at - from < context && s.p[from - 1] != '>')
		from--;
	return from;
}

static size_t
context_after(struct span s, size_t at, size_t context)
{
	size_t to = at;

	if (context <= CHARSET_CONTEXT)
		return s.n - at < context ? s.n : at + context;
	while (to < s.n && to - at < context && s.p[to] != '<')
		to++;
	return to;
}

void
charset_sample(struct span text, bool tags, size_t context, size_t max, struct buf *out)
{
	const size_t start = out->n;
	size_t last = 0, taken = 0; /* the ends of the last run, and of the last taken */
	size_t at = 0;
	bool inside = false;

	buf_putc(out, ' ');
	while ((at = next_high(text, at)) < text.n && out->n - start < max) {
		size_t end = at, before = context_before(text, at, context);

		inside = tags && in_tag(text, last, at, inside);
		while (end < text.n && is_high(text.p[end]))
			end++;
		if (end - at > max)
			end = at + max;
		last = end;
		if (!inside) {
			const size_t after = context_after(text, taken, context);

			if (taken > 0 && before <= after) {
				before = taken;
			} else if (taken > 0) {
				buf_put(out, text.p + taken, after - taken);
				buf_putc(out, ' ');
			}
			buf_put(out, text.p + before, end - before);
			taken = end;
		}
		at = end;
	}
	if (taken > 0)
		buf_put(out, text.p + taken, context_after(text, taken, context) - taken);
	buf_putc(out, ' ');
}
