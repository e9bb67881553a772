/* html_sniff.c - detect a web page by its first bytes, and find its declared charset. */
#include "filters/web/html.h"
#include "filters/web/html_tokenizer.h"

#include "lib/base/chars.h"

/* Bytes of a page that are examined. */
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
	size_t i;

	for (i = 0; i < s.n && !starts_nocase(span_from(s, i), lower_case); i++)
		;
	return i;
}

static struct span
skip_blank(struct span s)
{
	while (s.n > 0 && is_space(*s.p))
		s = span_from(s, 1);
	return s;
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
		const size_t n = html_comment_length(s);

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

struct span
html_declared_charset(struct span page)
{
	const struct span none = { page.p, 0 };
	struct span s = page, name = none;

	if (s.n > HEAD_MAX)
		s.n = HEAD_MAX;
	if (starts_nocase(s, "<?xml")) {
		const char *end = memchr(s.p, '>', s.n);

		name = value_of(
		    (struct span){ s.p, end ? (size_t)(end - s.p) : s.n }, "encoding");
	}
	while (s.n > 0 && name.n == 0) {
		const char *lt = memchr(s.p, '<', s.n), *end;

		if (!lt)
			break;
		s = span_from(s, (size_t)(lt - s.p));
		if (starts_nocase(s, "<body"))
			break;
		end = memchr(s.p, '>', s.n);
		if (span_starts(s, SPAN("<!--"))) {
			const size_t n = html_comment_length(s);

			end = n ? s.p + n : NULL;
		}
		if (!end)
			break;
		if (starts_nocase(s, "<meta"))
			name = value_of(
			    (struct span){ s.p, (size_t)(end - s.p) }, "charset");
		s = span_from(s, end > s.p ? (size_t)(end - s.p) : 1);
	}
	return is_wide(name) ? none : name;
}
