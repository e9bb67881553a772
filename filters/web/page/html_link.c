/* html_link.c - the addresses of links and images, and the alternative text of images. */
#include "filters/web/page/html_link.h"

#include "filters/web/html/byte_scan.h"
#include "lib/base/chars.h"
#include "lib/text/utf8.h"

/* The length of the scheme of an address, without the ':'; 0: it is relative. */
static size_t
scheme_of(struct span s)
{
	size_t n = 0;

	while (n < s.n && ((ascii_lower(s.p[n]) >= 'a' && ascii_lower(s.p[n]) <= 'z') ||
			      (n > 0 && (is_digit(s.p[n]) || memchr("+-.", s.p[n], 3)))))
		n++;
	return n < s.n && s.p[n] == ':' ? n : 0;
}

static bool
has_scheme(struct span s, size_t n, const char *scheme)
{
	return n == strlen(scheme) && ascii_eq(s.p, scheme, n);
}

static bool
is_web(struct span s)
{
	const size_t n = scheme_of(s);

	return (has_scheme(s, n, "http") || has_scheme(s, n, "https")) && s.n > n + 3 &&
	       span_starts(span_from(s, n), SPAN("://"));
}

/* The offset of the first byte of s that is in `set`, or s.n. */
static size_t
find_byte(struct span s, const char *set, size_t from)
{
	while (from < s.n && !strchr(set, s.p[from]))
		from++;
	return from;
}

/* Remove the segments "." and ".." from a path that begins with '/'.  Returns its length.
 */
static size_t
clean_path(char *p, size_t n)
{
	size_t to = 0;

	for (size_t from = 0; from < n;) {
		const size_t next = find_byte((struct span){ p, n }, "/", from + 1);
		const struct span segment = { p + from + 1, next - from - 1 };
		const bool up = span_eq(segment, SPAN(".."));

		while (up && to > 0 && p[--to] != '/')
			;
		if (!up && !span_eq(segment, SPAN("."))) {
			memmove(p + to, p + from, next - from);
			to += next - from;
		} else if (next == n) {
			p[to++] = '/';
		}
		from = next;
	}
	return to;
}

/* Append ref, which is relative to `base`: RFC 3986, 5.2.2. */
static void
put_resolved(struct span base, struct span ref, struct buf *out)
{
	const size_t scheme = scheme_of(base);
	const size_t path = find_byte(base, "/?#", scheme + 3);
	const size_t query = find_byte(base, "?#", path);
	const size_t fragment = find_byte(base, "#", query);
	const size_t end = find_byte(ref, "?#", 0);
	size_t dir = query;
	size_t from;

	if (span_starts(ref, SPAN("//"))) {
		buf_put(out, base.p, scheme + 1);
		buf_put(out, ref.p, ref.n);
		return;
	}
	if (end == 0) {
		buf_put(out, base.p, ref.p[0] == '#' ? fragment : query);
		buf_put(out, ref.p, ref.n);
		return;
	}
	buf_put(out, base.p, path);
	while (dir > path && base.p[dir - 1] != '/')
		dir--;
	from = out->n;
	if (ref.p[0] != '/') {
		buf_put(out, base.p + path, dir - path);
		if (dir == path)
			buf_putc(out, '/');
	}
	buf_put(out, ref.p, end);
	out->n = from + clean_path(out->p + from, out->n - from);
	buf_put(out, ref.p + end, ref.n - end);
}

/* Replace *out by an attribute with its references decoded, without controls. */
static void
decode(const struct html_tree *t, struct html_raw raw, size_t max, struct buf *out)
{
	const char *p = t->source->begin + raw.at;
	size_t n = raw.n < max ? raw.n : max, to = 0;

	while (n > 0 && n < raw.n && ((unsigned char)p[n] & 0xC0) == 0x80)
		n--;
	out->n = 0;
	html_decode_value(t->source, (struct span){ p, n }, out);
	for (size_t i = 0; i < out->n; i++) {
		if (out->p[i] && !scan_is_control(out->p[i]))
			out->p[to++] = out->p[i];
	}
	out->n = to;
}

/* Replace *out by an address as browsers read it.  Returns whether it can be used. */
static bool
read_address(const struct html_tree *t, struct html_raw raw, struct buf *out)
{
	size_t scheme, to = 0;
	struct span s;

	out->n = 0;
	if (raw.n == 0 || raw.n > HTML_LINK_MAX)
		return false;
	decode(t, raw, HTML_LINK_MAX, out);
	s = span_trim(buf_span(out));
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ' ' || !is_space(s.p[i]))
			out->p[to++] = s.p[i];
	}
	out->n = to;
	s = buf_span(out);
	scheme = scheme_of(s);
	/* Scripts make buttons of links to "#". */
	return s.n > 0 && !span_eq(s, SPAN("#")) &&
	       (scheme == 0 || has_scheme(s, scheme, "http") ||
		   has_scheme(s, scheme, "https") || has_scheme(s, scheme, "ftp") ||
		   has_scheme(s, scheme, "mailto"));
}

void
html_link_base(
    const struct html_tree *t, struct span url, struct buf *scratch, struct buf *out)
{
	out->n = 0;
	if (url.n > HTML_LINK_MAX || !utf8_valid(url) || !is_web(url))
		url = SPAN("");
	if (read_address(t, t->base, scratch)) {
		const struct span base = buf_span(scratch);

		if (scheme_of(base))
			url = is_web(base) ? base : url;
		else if (url.n > 0)
			put_resolved(url, base, out);
	}
	if (out->n == 0)
		buf_put(out, url.p, url.n);
}

/* Whether each '(' of s has its ')' in s. */
static bool
is_balanced(struct span s)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '(')
			depth++;
		else if (s.p[i] == ')' && depth-- == 0)
			return false;
	}
	return depth == 0;
}

bool
html_link_target(const struct html_tree *t, struct html_raw address, struct span base,
    struct buf *scratch, struct buf *out)
{
	static const char hex[] = "0123456789ABCDEF";
	const size_t start = out->n;
	struct span s;
	bool balanced;
	size_t n;

	if (!read_address(t, address, scratch))
		return false;
	n = scratch->n;
	if (base.n > 0 && scheme_of(buf_span(scratch)) == 0) {
		/* The result is after the reference, which must not move. */
		buf_reserve(scratch, base.n + n + 4);
		put_resolved(base, (struct span){ scratch->p, n }, scratch);
	} else {
		n = 0;
	}
	s = span_from(buf_span(scratch), n);
	balanced = is_balanced(s);
	for (size_t i = 0; i < s.n; i++) {
		const unsigned char c = (unsigned char)s.p[i];

		if (c <= ' ' || c == 0x7F || strchr("<>|`\\", c) ||
		    (!balanced && (c == '(' || c == ')'))) {
			const char escape[] = { '%', hex[c >> 4], hex[c & 15] };

			buf_put(out, escape, sizeof escape);
		} else {
			buf_putc(out, (char)c);
		}
	}
	return out->n > start;
}

struct html_image
html_image_of(const struct html_tree *t, const struct html_mark *m)
{
	const char *p = html_tag_attrs(t->source, m->value.at);
	struct html_image image = { 0 };
	struct html_raw_attr a;
	bool self_closing;

	while (html_next_attr(&p, t->source->end, &a, &self_closing)) {
		const struct html_raw value = { (uint32_t)(a.value.p - t->source->begin),
			(uint32_t)a.value.n };
		const bool late =
		    (a.name.n == 8 && ascii_eq(a.name.p, "data-src", 8)) ||
		    (a.name.n == 13 && ascii_eq(a.name.p, "data-original", 13)) ||
		    (a.name.n == 13 && ascii_eq(a.name.p, "data-lazy-src", 13));

		if (late ||
		    (a.name.n == 3 && ascii_eq(a.name.p, "src", 3) && image.src.n == 0))
			image.src = value;
		else if (a.name.n == 3 && ascii_eq(a.name.p, "alt", 3))
			image.alt = value;
		else if ((a.name.n == 5 && ascii_eq(a.name.p, "width", 5)) ||
			 (a.name.n == 6 && ascii_eq(a.name.p, "height", 6)))
			image.dot |=
			    span_eq(a.value, SPAN("0")) || span_eq(a.value, SPAN("1"));
	}
	return image;
}

bool
html_image_alt(const struct html_tree *t, struct html_raw alt, struct buf *out)
{
	enum { ALT_MAX = 1000 };

	decode(t, alt, ALT_MAX, out);
	return span_trim(buf_span(out)).n > 0;
}
