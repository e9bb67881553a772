/*
 * html_sanitize.c - rewrite a page so that every version of libxml2 reads it alike.
 *
 * Overlong tags and unterminated comments take libxml2 2.9 more than linear time.  Blanks
 * replace them.  Versions differ in comments such as "<!-->", "<![endif]>" and "</ x>",
 * which "<!---->" replaces.  Character references
 * are decoded here, because libxml2 knows few names before 2.14.  What might be markup
 * then, such as '<', is written as a number, which all versions decode.
 */
#include "filters/web/html_sanitize.h"

#include "lib/base/chars.h"
#include "lib/text/utf8.h"

/* In bytes.  A longer tag loses its attributes, because libxml2 compares each of them
 * with all others. */
enum { TAG_MAX = 16 * 1024 };

struct sanitizer {
	const struct html_references *refs;
	const char *done; /* the page up to here is in the copy */
	const char *end;  /* of the page */
	size_t limit;	  /* the copy is shorter */
	struct buf *copy;
	struct buf code; /* what replaces a reference */
	uint64_t end_tags;
	bool raw;	   /* in an element without references, such as <script> */
	bool unterminated; /* no comment that follows has an end */
};

/* Put n bytes instead of page bytes [from, to).  They stay if the copy would get too
 * long. */
static void
replace(struct sanitizer *z, const char *from, const char *to, const char *by, size_t n)
{
	const size_t before = (size_t)(from - z->done), after = (size_t)(z->end - to);

	if (z->copy->n + before + n + after >= z->limit)
		return;
	buf_put(z->copy, z->done, before);
	buf_put(z->copy, by, n);
	z->done = to;
}

static void
blank_out(struct sanitizer *z, const char *from, const char *to)
{
	static const char blanks[] = "                                ";

	while (from < to) {
		const size_t left = (size_t)(to - from), max = sizeof blanks - 1;
		const size_t n = left < max ? left : max;

		replace(z, from, from + n, blanks, n);
		from += n;
	}
}

/* Put a comment that all versions of libxml2 know.  Nothing at all could let the text
 * around it become markup. */
static void
replace_comment(struct sanitizer *z, const char *from, const char *to)
{
	static const char comment[] = "<!---->";

	replace(z, from, to, comment, sizeof comment - 1);
}

/* Append a code point, or a reference to it if it can be part of markup. */
static void
put_code(struct buf *b, uint32_t c)
{
	const bool letter = ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');

	if (c >= 0x80 || letter || (c >= '0' && c <= '9')) {
		utf8_put(b, c);
	} else {
		const char number[] = { '&', '#', (char)('0' + c / 100),
			(char)('0' + c / 10 % 10), (char)('0' + c % 10), ';' };

		buf_put(b, number, sizeof number);
	}
}

/* Decode the references in page bytes [from, to).  attribute: they are in a tag. */
static void
decode_references(struct sanitizer *z, const char *from, const char *to, bool attribute)
{
	struct buf *by = &z->code;

	while ((from = memchr(from, '&', (size_t)(to - from)))) {
		const struct html_reference ref = html_reference(
		    z->refs, (struct span){ from, (size_t)(to - from) }, attribute);

		by->n = 0;
		for (unsigned i = 0; i < ref.n; i++)
			put_code(by, ref.code[i]);
		if (ref.length > 0) {
			replace(z, from, from + ref.length, by->p, by->n);
			from += ref.length;
		} else {
			replace(z, from, from + 1, "&#38;", 5);
			from++;
		}
	}
}

static bool
begins_tag(const char *p, const char *end)
{
	return end - p > 1 && ((p[1] | 0x20) >= 'a' ? (p[1] | 0x20) <= 'z' : p[1] == '/');
}

/* Whether "</" begins a comment, as it does unless a name follows. */
static bool
is_bogus_end(const struct sanitizer *z, const char *p)
{
	const char letter = (char)(p[2] | 0x20);

	return !z->raw && p[1] == '/' && !(letter >= 'a' && letter <= 'z');
}

static const char *
name_end(const char *p, const char *end)
{
	for (p += 2; p < end - 1 && *p != ' ' && *p != '\t' && *p != '\n' && *p != '/';
	     p++)
		;
	return p;
}

size_t
html_comment_length(struct span s)
{
	const char *begin = s.p + 4, *end = s.p + s.n, *p = begin;

	if (p < end && *p == '-')
		p++;
	if (p < end && *p == '>')
		return (size_t)(p + 1 - s.p);
	for (; (p = memchr(p, '>', (size_t)(end - p))); p++)
		if ((p - begin >= 2 && memcmp(p - 2, "--", 2) == 0) ||
		    (p - begin >= 3 && memcmp(p - 3, "--!", 3) == 0))
			return (size_t)(p + 1 - s.p);
	return 0;
}

/* Whether all versions of libxml2 find the end of a comment of n bytes at p. */
static bool
is_plain_comment(const char *p, size_t n)
{
	return n >= strlen("<!---->") && p[n - 2] == '-';
}

/* Handle the comment at p.  Returns the place to continue. */
static const char *
sanitize_comment(struct sanitizer *z, const char *p)
{
	const size_t n = z->unterminated ? 0
					 : html_comment_length(
					       (struct span){ p, (size_t)(z->end - p) });

	z->unterminated = n == 0;
	if (n == 0)
		blank_out(z, p, p + 4);
	else if (!z->raw && !is_plain_comment(p, n))
		replace_comment(z, p, p + n);
	return p + (n ? n : 4);
}

/* Handle "<!" or "</" at p that begins neither a comment nor a tag: blank it out unless
 * it is a doctype.  Returns its end. */
static const char *
sanitize_declaration(struct sanitizer *z, const char *p)
{
	const char *to = memchr(p, '>', (size_t)(z->end - p));

	if (!to)
		return z->end; /* no complete tag or comment can follow */
	if (p[1] == '/' || to - p < 9 || !ascii_eq(p + 2, "doctype", 7))
		replace_comment(z, p, to + 1);
	return to + 1;
}

/* Whether the name of the tag [p, to) is that of an element without references. */
static bool
is_raw(const char *p, const char *to)
{
	static const char *const names[] = { "script", "style", "xmp" };

	p += p[1] == '/' ? 2 : 1;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const size_t n = strlen(names[i]);

		if ((size_t)(to - p) > n && ascii_eq(p, names[i], n) &&
		    (is_space(p[n]) || p[n] == '>' || p[n] == '/'))
			return true;
	}
	return false;
}

/* Handle the tag at p.  Returns its end. */
static const char *
sanitize_tag(struct sanitizer *z, const char *p)
{
	const char *to = memchr(p, '>', (size_t)(z->end - p));

	to = to ? to + 1 : z->end;
	z->end_tags += p[1] == '/';
	if (to - p > TAG_MAX)
		blank_out(z, name_end(p, to), to - 1);
	else if (!z->raw)
		decode_references(z, p, to, true);
	if (is_raw(p, to))
		z->raw = p[1] != '/' && to[-2] != '/';
	return to;
}

struct span
html_sanitize(const struct html_references *refs, struct span page, size_t limit,
    struct buf *copy, uint64_t *end_tags)
{
	struct sanitizer z = { .refs = refs,
		.done = page.p,
		.end = page.p + page.n,
		.limit = limit,
		.copy = copy };
	const char *p = page.p, *to;

	copy->n = 0;
	while (p < z.end) {
		to = memchr(p, '<', (size_t)(z.end - p));
		to = to ? to : z.end;
		if (!z.raw)
			decode_references(&z, p, to, false);
		p = to;
		if (z.end - p >= 4 && memcmp(p, "<!--", 4) == 0) {
			p = sanitize_comment(&z, p);
		} else if (z.end - p >= 3 && (p[1] == '!' || is_bogus_end(&z, p))) {
			p = sanitize_declaration(&z, p);
		} else if (begins_tag(p, z.end)) {
			p = sanitize_tag(&z, p);
		} else if (p < z.end) {
			p++;
		}
	}
	buf_free(&z.code);
	*end_tags = z.end_tags;
	if (z.done == page.p)
		return page;
	buf_put(copy, z.done, (size_t)(z.end - z.done));
	return buf_span(copy);
}
