/* html_sniff.c - detect a web page by its first bytes, and find its declared charset. */
#include "filters/web/charset/recode.h"
#include "filters/web/html/byte_scan.h"
#include "filters/web/html/html_tokenizer.h"
#include "filters/web/page/html_page.h"
#include "lib/base/chars.h"

/* Bytes that show whether a text is a page. */
enum { HEAD_MAX = 16384 };

static bool
starts_nocase(struct span s, const char *lower_case)
{
	size_t i;

	for (i = 0; lower_case[i]; i++) {
		if (i == s.n)
			return false;
		if (ascii_lower(s.p[i]) != lower_case[i])
			return false;
	}
	return true;
}

/* The offset of `lower_case` in s, ignoring case; s.n if it is missing. */
static size_t
find_nocase(struct span s, const char *lower_case)
{
	const char upper = (char)(*lower_case & ~0x20), *end = s.p + s.n, *p = s.p;
	const bool letter = *lower_case >= 'a' && *lower_case <= 'z';

	for (; p < end; p++) {
		if (!letter && !(p = memchr(p, *lower_case, (size_t)(end - p))))
			return s.n;
		if ((*p == *lower_case || (letter && *p == upper)) &&
		    starts_nocase((struct span){ p, (size_t)(end - p) }, lower_case))
			break;
	}
	return (size_t)(p - s.p);
}

static struct span
skip_blank(struct span s)
{
	while (s.n > 0 && is_space(*s.p))
		s = span_from(s, 1);
	return s;
}

/* The length of the comment at the beginning of s (HTML standard, 13.2.5.43); 0: it does
 * not end. */
static size_t
comment_length(struct span s)
{
	const size_t begin = strlen("<!--");

	for (size_t i = begin; i < s.n; i++) {
		const size_t n = i - begin; /* bytes before the '>' */

		if (s.p[i] != '>')
			continue;
		if (n == 0 || (n == 1 && s.p[i - 1] == '-') ||
		    (n >= 2 && memcmp(s.p + i - 2, "--", 2) == 0) ||
		    (n >= 3 && memcmp(s.p + i - 3, "--!", 3) == 0))
			return i + 1;
	}
	return 0;
}

bool
html_looks_like(struct span s)
{
	static const char *const tags[] = { "<!doctype html", "<html", "<head", "<body" };

	if (span_starts(s, SPAN("\xEF\xBB\xBF")))
		s = span_from(s, 3);
	if (s.n > HEAD_MAX)
		s.n = HEAD_MAX;
	s = skip_blank(s);
	while (span_starts(s, SPAN("<!--"))) {
		const size_t n = comment_length(s);

		s = skip_blank(span_from(s, n ? n : s.n));
	}
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
		const size_t n = strlen(tags[i]);

		if (starts_nocase(s, tags[i]) && s.n > n &&
		    (is_space(s.p[n]) || s.p[n] == '>'))
			return true;
	}
	if (!starts_nocase(s, "<?xml"))
		return false;
	if (s.n > 1024)
		s.n = 1024;
	return find_nocase(s, "<html") < s.n;
}

/* The value after the first `name` and '=' in s, with or without quotes; may be empty. */
static struct span
value_of(struct span s, const char *name)
{
	const size_t len = strlen(name);

	while (s.n > 0) {
		const size_t at = find_nocase(s, name);
		struct span v;
		size_t n = 0;

		if (at == s.n)
			break;
		s = span_from(s, at + len);
		v = skip_blank(s);
		if (v.n == 0 || *v.p != '=')
			continue;
		v = skip_blank(span_from(v, 1));
		if (v.n > 0 && (*v.p == '"' || *v.p == '\''))
			v = skip_blank(span_from(v, 1));
		while (n < v.n && !is_space(v.p[n]) && !strchr("\"';/>?", v.p[n]))
			n++;
		return (struct span){ v.p, n };
	}
	return (struct span){ s.p, 0 };
}

/* Whether a charset is wider than a byte: a declaration read byte by byte cannot be right
 * about that. */
static bool
is_wide(struct span name)
{
	static const char *const wide[] = { "utf-16", "utf16", "utf-32", "utf32", "ucs-",
		"unicode", "iso-10646" };

	for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
		if (starts_nocase(name, wide[i]))
			return true;
	return false;
}

/* A label that can be right, or empty. */
static struct span
usable(struct span name)
{
	if (name.n > 0 && (is_wide(name) || !recoder_knows(name)))
		name.n = 0;
	return name;
}

/* The charset in the tag of a <meta>: of its attribute `charset`, or of `content`. */
static struct span
meta_charset(struct span tag)
{
	struct span name = { tag.p, 0 };

	/* A description may mention a charset, too. */
	if (find_nocase(tag, "http-equiv") < tag.n ||
	    find_nocase(tag, "text/html") < tag.n || find_nocase(tag, "content") == tag.n)
		name = usable(value_of(tag, "charset"));
	return name;
}

/* Whether a tag, at its '<', can be a <meta>, a comment or an element of raw text. */
static bool
may_count(struct span tag)
{
	return tag.n > 1 && strchr("!mstx", ascii_lower(tag.p[1])) && tag.p[1];
}

/* The end of the element at the beginning of s if its content is not HTML; else 0.  s.n:
 * it does not end. */
static size_t
raw_length(struct span s)
{
	static const struct {
		const char *begin, *end;
	} raw[] = { { "<script", "</script" }, { "<style", "</style" },
		{ "<textarea", "</textarea" }, { "<title", "</title" },
		{ "<xmp", "</xmp" } };

	for (size_t i = 0; i < sizeof raw / sizeof *raw; i++) {
		const size_t n = strlen(raw[i].begin);

		if (starts_nocase(s, raw[i].begin) && s.n > n &&
		    (is_space(s.p[n]) || s.p[n] == '>' || s.p[n] == '/'))
			return n + find_nocase(span_from(s, n), raw[i].end);
	}
	return 0;
}

/* The place of the next "<m" of either case, or the end of s. */
static const char *
next_meta(struct span s)
{
	const char *p = s.p, *end = s.p + s.n;

#ifdef __SSE2__
	for (; end - p > 16; p += 16) {
		const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		const __m128i w = _mm_loadu_si128((const __m128i *)(const void *)(p + 1));
		const __m128i m = _mm_cmpeq_epi8(
		    _mm_or_si128(w, _mm_set1_epi8(0x20)), _mm_set1_epi8('m'));
		const int hit = _mm_movemask_epi8(
		    _mm_and_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('<')), m));

		if (hit)
			return p + __builtin_ctz((unsigned)hit);
	}
#endif
	while (p < end && !(*p == '<' && end - p > 1 && ascii_lower(p[1]) == 'm'))
		p++;
	return p;
}

struct span
html_declared_charset(struct span page)
{
	struct span s = page, name = { page.p, 0 };
	const char *meta = NULL, *page_end = page.p + page.n;

	if (starts_nocase(s, "<?xml")) {
		const char *end = memchr(s.p, '>', s.n < HEAD_MAX ? s.n : HEAD_MAX);

		name = usable(value_of(
		    (struct span){ s.p, end ? (size_t)(end - s.p) : 0 }, "encoding"));
	}
	while (name.n == 0 && s.n > 0) {
		const char *lt = memchr(s.p, '<', s.n), *end;
		size_t n;

		if (!meta || meta < s.p)
			meta = next_meta(s);
		if (!lt || meta == page_end)
			break;
		s = span_from(s, (size_t)(lt - s.p));
		if (span_starts(s, SPAN("<!--"))) {
			n = comment_length(s);
		} else if (!may_count(s) || (n = raw_length(s)) == 0) {
			end = memchr(s.p, '>', s.n);
			n = end ? (size_t)(end - s.p) : 0;
			if (n > 0 && starts_nocase(s, "<meta"))
				name = meta_charset((struct span){ s.p, n });
		}
		if (n == 0)
			break;
		s = span_from(s, n);
	}
	return name;
}
