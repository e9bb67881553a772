/* url.c - resolve and normalise the addresses of the web. */
#include "lib/text/url.h"

#include "lib/base/chars.h"
#include "lib/text/utf8.h"

enum scheme { HTTP, HTTPS, FTP, MAILTO, OTHER, NONE };

static const struct {
	const char *name, *port;
} schemes[] = {
	[HTTP] = { "http", ":80" },
	[HTTPS] = { "https", ":443" },
	[FTP] = { "ftp", ":21" },
	[MAILTO] = { "mailto", "" },
};

/* The parts of an address (RFC 3986, appendix B). */
struct url_parts {
	enum scheme scheme;
	struct span authority, path, query, fragment; /* with '?' and '#' */
	bool has_authority;
};

static bool
is_slash(char c)
{
	return c == '/' || c == '\\';
}

/* Remove the scheme and its ':' from *s. */
static enum scheme
take_scheme(struct span *s)
{
	enum scheme scheme = HTTP;
	size_t n = 0;

	while (
	    n < s->n && ((ascii_lower(s->p[n]) >= 'a' && ascii_lower(s->p[n]) <= 'z') ||
			    (n > 0 && (is_digit(s->p[n]) || memchr("+-.", s->p[n], 3)))))
		n++;
	if (n == 0 || n == s->n || s->p[n] != ':')
		return NONE;
	while (scheme < OTHER && (n != strlen(schemes[scheme].name) ||
				     !ascii_eq(s->p, schemes[scheme].name, n)))
		scheme++;
	*s = span_from(*s, n + 1);
	return scheme;
}

/* Remove the bytes before the first of `set` from *s and return them. */
static struct span
take_until(struct span *s, const char *set)
{
	const struct span all = *s;
	size_t n = 0;

	while (n < all.n && !strchr(set, all.p[n]))
		n++;
	*s = span_from(all, n);
	return (struct span){ all.p, n };
}

/* s has no NUL. */
static void
split_url(struct span s, enum scheme base, struct url_parts *u)
{
	size_t slashes = 0;

	memset(u, 0, sizeof *u);
	u->scheme = take_scheme(&s);
	while (slashes < s.n && is_slash(s.p[slashes]))
		slashes++;
	/* "https:a.example" is relative on pages of that scheme only. */
	if (u->scheme < MAILTO ? slashes > 1 || u->scheme != base
			       : u->scheme == NONE && slashes > 1) {
		s = span_from(s, slashes);
		u->authority = take_until(&s, "/\\?#");
		u->has_authority = true;
	}
	u->path = take_until(&s, "?#");
	u->query = take_until(&s, "#");
	u->fragment = s;
}

/* Whether a byte is part of a path, query or fragment as it is. */
static bool
is_url_byte(char c)
{
	return c >= '!' && c <= '~' && !strchr("\"<>\\^`{|}", c);
}

static void
put_encoded(struct span s, struct buf *out)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		const unsigned char c = (unsigned char)s.p[i];
		const char escape[] = { '%', hex[c >> 4], hex[c & 15] };

		if (is_url_byte(s.p[i]))
			buf_putc(out, s.p[i]);
		else
			buf_put(out, escape, sizeof escape);
	}
}

/* Append host and port.  Returns false if they cannot be right. */
static bool
put_authority(const char *port, struct span s, struct buf *out)
{
	const size_t n = strlen(port);

	if (s.n > n && span_eq(span_from(s, s.n - n), span_of(port)))
		s.n -= n;
	else if (s.n > 1 && s.p[s.n - 1] == ':')
		s.n--;
	if (s.n == 0 || *s.p == ':' || *s.p == '.' || !utf8_valid(s))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] < 0x80 &&
		    (!is_url_byte(s.p[i]) || strchr("@%!$&'()*+,;=~", s.p[i])))
			return false;
		buf_putc(out, ascii_lower(s.p[i]));
	}
	return true;
}

/* The number of dots if s is the segment "." or "..", which may be percent-encoded. */
static unsigned
dots_of(struct span s)
{
	unsigned dots = 0;

	while (s.n > 0 && dots < 3) {
		const bool encoded = s.n >= 3 && ascii_eq(s.p, "%2e", 3);

		if (!encoded && *s.p != '.')
			return 0;
		s = span_from(s, encoded ? 3 : 1);
		dots++;
	}
	return dots < 3 ? dots : 0;
}

/* Append the segments of a path, each after a '/', and apply "." and "..".  Segments from
 * `from` on may be removed. */
static void
put_segments(struct span s, size_t from, struct buf *out)
{
	if (s.n > 0 && is_slash(*s.p))
		s = span_from(s, 1);
	while (s.n > 0) {
		const struct span segment = take_until(&s, "/\\");
		const unsigned dots = dots_of(segment);
		const bool last = s.n == 0;

		if (dots == 2) {
			while (out->n > from && out->p[--out->n] != '/')
				;
		} else if (dots == 0) {
			buf_putc(out, '/');
			put_encoded(segment, out);
		}
		if (!last)
			s = span_from(s, 1);
		if (s.n == 0 && (dots > 0 || !last))
			buf_putc(out, '/');
	}
}

static void
put_path(struct span base, struct span path, struct buf *out)
{
	const size_t from = out->n;

	if (path.n > 0 && !is_slash(*path.p)) {
		while (base.n > 0 && !is_slash(base.p[base.n - 1]))
			base.n--;
		/* The next segment has the slash before it. */
		if (base.n > 1)
			put_segments((struct span){ base.p, base.n - 1 }, from, out);
	}
	put_segments(path, from, out);
	if (out->n == from)
		buf_putc(out, '/');
}

/* Append a reference without a page that it is relative to. */
static void
put_relative(const struct url_parts *u, struct buf *out)
{
	struct span path = u->path;

	if (u->has_authority) {
		buf_puts(out, "//");
		put_encoded(u->authority, out);
	}
	while (path.n > 0) {
		put_encoded(take_until(&path, "\\"), out);
		if (path.n > 0) {
			buf_putc(out, '/');
			path = span_from(path, 1);
		}
	}
	put_encoded(u->query, out);
}

/* Append an absolute address without its fragment.  u has a scheme. */
static bool
put_absolute(const struct url_parts *base, struct url_parts *u, struct buf *out)
{
	struct span above = { "", 0 };

	buf_puts(out, schemes[u->scheme].name);
	buf_putc(out, ':');
	if (u->scheme == MAILTO) {
		put_encoded(u->path, out);
		put_encoded(u->query, out);
		return u->path.n > 0;
	}
	if (!u->has_authority) {
		u->authority = base->authority;
		above = base->path;
		if (u->path.n == 0 && u->query.n == 0)
			u->query = base->query;
		if (u->path.n == 0)
			u->path = base->path;
	}
	buf_puts(out, "//");
	if (!put_authority(schemes[u->scheme].port, u->authority, out))
		return false;
	put_path(above, u->path, out);
	put_encoded(u->query, out);
	return true;
}

/* The bytes of an address that browsers read.  NUL is not one of them. */
static struct span
clean(struct span s, char *to)
{
	size_t n = 0;

	while (s.n > 0 && (unsigned char)s.p[s.n - 1] <= ' ')
		s.n--;
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] > ' ' || (s.p[i] == ' ' && n > 0))
			to[n++] = s.p[i];
	}
	return (struct span){ to, n };
}

bool
url_resolve(struct span base, struct span ref, enum url_use use, struct buf *out)
{
	const size_t start = out->n;
	char base_bytes[URL_MAX], ref_bytes[URL_MAX];
	struct url_parts b, u;
	bool done = true;

	if (ref.n > URL_MAX || base.n > URL_MAX)
		return false;
	split_url(clean(base, base_bytes), NONE, &b);
	if (b.scheme > HTTPS)
		b.scheme = NONE;
	split_url(clean(ref, ref_bytes), b.scheme, &u);
	if (u.scheme == NONE)
		u.scheme = b.scheme;
	if (u.scheme == NONE && use == URL_LINK)
		put_relative(&u, out);
	else if (u.scheme > (use == URL_LINK ? MAILTO : HTTPS))
		return false;
	else
		done = put_absolute(&b, &u, out);
	if (use == URL_LINK && u.fragment.n > 1)
		put_encoded(u.fragment, out);
	if (done && out->n - start <= URL_MAX)
		return true;
	out->n = start;
	return false;
}
