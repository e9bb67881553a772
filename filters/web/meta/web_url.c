/* web_url.c - resolve and normalise the addresses in web pages. */
#include "filters/web/meta/web_url.h"

#include "lib/base/chars.h"
#include "lib/text/utf8.h"

/* The parts of an address (RFC 3986, appendix B) without its fragment. */
struct url_parts {
	struct span scheme, authority, path, query; /* query: with its '?' */
	bool has_authority;
};

static bool
is_alpha(char c)
{
	const char low = ascii_lower(c);

	return low >= 'a' && low <= 'z';
}

/* The length of the scheme at the beginning of s, without ':'; 0: none. */
static size_t
scheme_length(struct span s)
{
	size_t n = 0;

	while (n < s.n && (is_alpha(s.p[n]) ||
			      (n > 0 && (is_digit(s.p[n]) || strchr("+-.", s.p[n])))))
		n++;
	return n < s.n && s.p[n] == ':' ? n : 0;
}

static bool
is_slash(char c)
{
	return c == '/' || c == '\\';
}

static void
split_url(struct span s, struct url_parts *u)
{
	const char *hash = s.n ? memchr(s.p, '#', s.n) : NULL;
	const size_t scheme = scheme_length(s);
	size_t n = 0;

	memset(u, 0, sizeof *u);
	if (hash)
		s.n = (size_t)(hash - s.p);
	if (scheme && scheme < s.n) {
		u->scheme = (struct span){ s.p, scheme };
		s = span_from(s, scheme + 1);
	}
	if (s.n >= 2 && is_slash(s.p[0]) && is_slash(s.p[1])) {
		s = span_from(s, 2);
		while (n < s.n && !is_slash(s.p[n]) && s.p[n] != '?')
			n++;
		u->authority = (struct span){ s.p, n };
		u->has_authority = true;
		s = span_from(s, n);
	}
	for (n = 0; n < s.n && s.p[n] != '?'; n++)
		;
	u->path = (struct span){ s.p, n };
	u->query = span_from(s, n);
}

static bool
is_web_scheme(struct span s)
{
	return (s.n == 4 && ascii_eq(s.p, "http", 4)) ||
	       (s.n == 5 && ascii_eq(s.p, "https", 5));
}

/* Whether a byte is part of a path or query as it is. */
static inline bool
is_url_byte(char c)
{
	return c >= '!' && c <= '~' && c != '"' && c != '<' && c != '>' && c != '\\' &&
	       c != '^' && c != '`' && (c < '{' || c == '~');
}

static void
put_encoded(struct span s, struct buf *out)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		const unsigned char c = (unsigned char)s.p[i];

		if (is_url_byte(s.p[i])) {
			buf_putc(out, s.p[i]);
			continue;
		}
		buf_putc(out, '%');
		buf_putc(out, hex[c >> 4]);
		buf_putc(out, hex[c & 15]);
	}
}

/* Append host and port.  Returns false if they cannot be right. */
static bool
put_authority(struct span scheme, struct span s, struct buf *out)
{
	const struct span port = scheme.n == 5 ? SPAN(":443") : SPAN(":80");

	if (s.n > port.n && span_eq(span_from(s, s.n - port.n), port))
		s.n -= port.n;
	else if (s.n > 1 && s.p[s.n - 1] == ':')
		s.n--;
	if (s.n == 0 || *s.p == ':' || *s.p == '.')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] < 0x80 &&
		    (!is_url_byte(s.p[i]) || strchr("@%/!$&'()*+,;=~", s.p[i])))
			return false;
		buf_putc(out, ascii_lower(s.p[i]));
	}
	return true;
}

/* The length of the segment at the front of s, up to a slash. */
static size_t
segment_length(struct span s)
{
	size_t n = 0;

	while (n < s.n && !is_slash(s.p[n]))
		n++;
	return n;
}

/* Append the segments of a path, each after a '/', and apply "." and "..".  Segments from
 * `from` on may be removed. */
static void
put_segments(struct span s, size_t from, struct buf *out)
{
	while (s.n > 0) {
		const size_t n = segment_length(s);
		const struct span one = { s.p, n };
		const bool dot = span_eq(one, SPAN(".")), up = span_eq(one, SPAN(".."));
		const bool last = n == s.n;

		s = span_from(s, last ? n : n + 1);
		if (up) {
			while (out->n > from && out->p[--out->n] != '/')
				;
		} else if (!dot) {
			buf_putc(out, '/');
			put_encoded(one, out);
		}
		if ((dot || up) ? s.n == 0 : (!last && s.n == 0))
			buf_putc(out, '/');
	}
}

static void
put_path(const struct url_parts *base, const struct url_parts *u, struct buf *out)
{
	const size_t from = out->n;
	struct span path = u->path, before = { "", 0 };

	if (!u->has_authority && path.n == 0) {
		path = base->path;
	} else if (!u->has_authority && !is_slash(*path.p)) {
		before = base->path;
		while (before.n > 0 && !is_slash(before.p[before.n - 1]))
			before.n--;
	}
	/* Without the slash at its end, which the next segment has before it. */
	if (before.n > 0)
		before.n--;
	if (before.n > 0)
		put_segments(span_from(before, is_slash(*before.p)), from, out);
	if (path.n > 0)
		put_segments(span_from(path, is_slash(*path.p)), from, out);
	if (out->n == from)
		buf_putc(out, '/');
}

bool
web_url_resolve(struct span base, struct span ref, struct buf *out)
{
	const size_t start = out->n;
	struct url_parts b, u;

	ref = span_trim(ref);
	base = span_trim(base);
	if (ref.n == 0 || ref.n > WEB_URL_MAX || base.n > WEB_URL_MAX)
		return false;
	split_url(base, &b);
	if (!is_web_scheme(b.scheme) || !b.has_authority)
		memset(&b, 0, sizeof b);
	split_url(ref, &u);
	if (u.scheme.n ? !u.has_authority : !b.has_authority)
		return false;
	if (u.scheme.n == 0)
		u.scheme = b.scheme;
	if (!is_web_scheme(u.scheme))
		return false;
	buf_puts(out, u.scheme.n == 5 ? "https://" : "http://");
	if (put_authority(u.scheme, u.has_authority ? u.authority : b.authority, out)) {
		put_path(&b, &u, out);
		if (u.query.n == 0 && u.path.n == 0 && !u.has_authority)
			u.query = b.query;
		put_encoded(u.query, out);
		if (out->n - start <= WEB_URL_MAX &&
		    utf8_valid((struct span){ out->p + start, out->n - start }))
			return true;
	}
	out->n = start;
	return false;
}

bool
web_url_is_cc(struct span url, struct buf *out)
{
	static const char *const places[] = { "/licenses/", "/publicdomain/" };
	struct url_parts u;
	bool found = false;

	split_url(url, &u);
	if (u.authority.n > 4 && ascii_eq(u.authority.p, "www.", 4))
		u.authority = span_from(u.authority, 4);
	if (u.authority.n != 19 || !ascii_eq(u.authority.p, "creativecommons.org", 19))
		return false;
	for (size_t i = 0; i < 2; i++) {
		const size_t k = strlen(places[i]);

		found |= u.path.n > k && ascii_eq(u.path.p, places[i], k);
	}
	if (!found)
		return false;
	buf_puts(out, "https://creativecommons.org");
	while (u.path.n > 0) {
		struct span one;

		u.path = span_from(u.path, 1);
		one = (struct span){ u.path.p, segment_length(u.path) };
		u.path = span_from(u.path, one.n);
		/* The summary and the text are of the same licence, in some language. */
		if (one.n == 0 || span_starts(one, SPAN("deed")) ||
		    span_starts(one, SPAN("legalcode")))
			continue;
		buf_putc(out, '/');
		for (size_t i = 0; i < one.n; i++)
			buf_putc(out, ascii_lower(one.p[i]));
	}
	buf_putc(out, '/');
	return true;
}
