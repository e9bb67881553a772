/* http.c - parse the head of a stored HTTP response and decode chunked bodies. */
#include "filters/web/http.h"

#include "lib/base/chars.h"

/* Not form feeds, which HTTP does not count as white space. */
static bool
is_http_space(char c)
{
	return is_blank(c) || c == '\r' || c == '\n';
}

static struct span
trim(struct span s)
{
	while (s.n > 0 && is_http_space(s.p[0]))
		s = span_from(s, 1);
	while (s.n > 0 && is_http_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool
http_value_is(struct span s, const char *lower_case)
{
	size_t i = 0;

	while (i < s.n && lower_case[i] && ascii_lower(s.p[i]) == lower_case[i])
		i++;
	return i == s.n && lower_case[i] == '\0';
}

size_t
http_header_length(struct span s)
{
	size_t at = 0;

	while (at < s.n) {
		const char *nl = memchr(s.p + at, '\n', s.n - at);
		size_t line;

		if (!nl)
			return 0;
		line = (size_t)(nl - s.p) - at;
		if (line == 0 || (line == 1 && s.p[at] == '\r'))
			return at + line + 1;
		at += line + 1;
	}
	return 0;
}

/* The length in bytes of the first header line with its continuation lines. */
static size_t
folded_length(struct span s)
{
	size_t at = 0;

	do {
		const char *nl = memchr(s.p + at, '\n', s.n - at);

		if (!nl)
			return s.n;
		at = (size_t)(nl - s.p) + 1;
	} while (at < s.n && is_blank(s.p[at]));
	return at;
}

bool
http_next_value(struct span *headers, const char *name, struct span *value)
{
	while (headers->n > 0) {
		const struct span line = { headers->p, folded_length(*headers) };
		const char *colon = memchr(line.p, ':', line.n);
		const size_t n = colon ? (size_t)(colon - line.p) : 0;

		*headers = span_from(*headers, line.n);
		if (!colon || !http_value_is(trim((struct span){ line.p, n }), name))
			continue;
		*value = trim(span_from(line, n + 1));
		return true;
	}
	return false;
}

struct span
http_header_value(struct span headers, const char *name)
{
	struct span value;

	if (http_next_value(&headers, name, &value))
		return value;
	return (struct span){ headers.p, 0 };
}

/* Parse one head. */
static bool
parse_head(struct span s, struct http_response *h)
{
	size_t at, head;

	*h = (struct http_response){ .headers = { s.p, 0 }, .body = s };
	/* Shoutcast servers answer "ICY 200 OK". */
	if (!span_starts(s, SPAN("HTTP/")) && !span_starts(s, SPAN("ICY ")))
		return false;
	head = http_header_length(s);
	h->headers = (struct span){ s.p, head ? head : s.n };
	h->body = span_from(s, h->headers.n);
	for (at = 3; at < h->headers.n && s.p[at] != ' ' && s.p[at] != '\n'; at++)
		;
	while (at < h->headers.n && s.p[at] == ' ')
		at++;
	for (int i = 0; i < 3 && at < h->headers.n && is_digit(s.p[at]); i++)
		h->status = h->status * 10 + (s.p[at++] - '0');
	return true;
}

bool
http_parse(struct span s, struct http_response *h)
{
	/* "100 Continue" and the like precede the response. */
	enum { INTERIM_MAX = 8 };
	struct http_response next;

	if (!parse_head(s, h))
		return false;
	for (int i = 0; i < INTERIM_MAX && h->status / 100 == 1; i++) {
		if (!parse_head(h->body, &next))
			break;
		*h = next;
	}
	return true;
}

/* The length of s up to c outside of double quotes. */
static size_t
length_to(struct span s, char c)
{
	bool quoted = false;
	size_t n = 0;

	for (; n < s.n && (quoted || s.p[n] != c); n++)
		quoted ^= s.p[n] == '"';
	return n;
}

static struct span
without_quotes(struct span s)
{
	s = trim(s);
	while (s.n > 0 && (*s.p == '"' || *s.p == '\''))
		s = span_from(s, 1);
	while (s.n > 0 && (s.p[s.n - 1] == '"' || s.p[s.n - 1] == '\''))
		s.n--;
	return trim(s);
}

/* Read one media type, which some servers put into quotes, and its charset. */
static void
media_type(struct span s, struct span *type, struct span *charset)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != ';')
		n++;
	*type = without_quotes((struct span){ s.p, n });
	*charset = (struct span){ s.p, 0 };
	while (n < s.n && charset->n == 0) {
		struct span param;

		s = span_from(s, n + 1);
		n = length_to(s, ';');
		param = trim((struct span){ s.p, n });
		if (param.n > 8 && http_value_is((struct span){ param.p, 8 }, "charset="))
			*charset = without_quotes(span_from(param, 8));
	}
}

static bool
same_type(struct span a, struct span b)
{
	size_t i = 0;

	while (i < a.n && i < b.n && ascii_lower(a.p[i]) == ascii_lower(b.p[i]))
		i++;
	return a.n == b.n && i == a.n;
}

void
http_content_type(struct span value, struct span *type, struct span *charset)
{
	*type = *charset = (struct span){ value.p, 0 };
	while (value.n > 0) {
		const size_t n = length_to(value, ',');
		struct span one, its_charset;
		bool valid;

		media_type((struct span){ value.p, n }, &one, &its_charset);
		value = span_from(value, n < value.n ? n + 1 : n);
		valid = one.n > 0 && memchr(one.p, '/', one.n);
		/* The last valid one counts, as in the Fetch Standard, with the charset
		 * of an earlier one of the same type. */
		if (!valid && type->n > 0)
			continue;
		if (its_charset.n > 0 || !same_type(one, *type))
			*charset = its_charset;
		*type = one;
	}
}

/* Remove a line such as "1a3f;extension" from *s and set *size.  Returns false if there
 * is none. */
static bool
chunk_size(struct span *s, size_t *size)
{
	const char *nl = s->n ? memchr(s->p, '\n', s->n < 256 ? s->n : 256) : NULL;
	size_t i = 0;

	if (!nl)
		return false;
	*size = 0;
	for (; i < 8 && i < s->n && hex_digit(s->p[i]) >= 0; i++)
		*size = *size * 16 + (size_t)hex_digit(s->p[i]);
	if (i == 0)
		return false;
	/* Some servers pad the size with spaces. */
	while (s->p[i] == ' ')
		i++;
	if (s->p[i] != '\r' && s->p[i] != '\n' && s->p[i] != ';')
		return false;
	*s = span_from(*s, (size_t)(nl - s->p) + 1);
	return true;
}

/* Whether s ends within the line end of a chunk or the size line of the next one. */
static bool
ends_in_framing(struct span s)
{
	enum { LINE_MAX = 256 };
	size_t n = 0;

	if (span_eq(s, SPAN("\r")))
		return true;
	if (s.n >= LINE_MAX || (s.n > 0 && memchr(s.p, '\n', s.n)))
		return false;
	while (n < 8 && n < s.n && hex_digit(s.p[n]) >= 0)
		n++;
	if (n == 0)
		return s.n == 0;
	while (n < s.n && s.p[n] == ' ')
		n++;
	return n == s.n || s.p[n] == ';' || (s.p[n] == '\r' && n + 1 == s.n);
}

bool
http_is_chunked(struct span body)
{
	const struct span crlf = SPAN("\r\n");
	size_t size, data = 0;

	while (chunk_size(&body, &size) && body.p[-2] == '\r') {
		if (size == 0)
			return data > 0 && span_eq(body, crlf);
		if (size >= body.n || !span_starts(span_from(body, size), crlf))
			return false;
		data += size;
		body = span_from(body, size + 2);
	}
	return false;
}

bool
http_dechunk(struct span body, struct buf *out, bool *cut)
{
	/* Two chunks cannot be chance, nor can one of several words.  A list of numbers
	 * may begin with such a line and a short one. */
	enum { SURE = 2, LONG = 32 };
	const size_t start = out->n;
	size_t size;
	int chunks = 0;

	*cut = false;
	for (; chunk_size(&body, &size); chunks += size < LONG ? 1 : SURE) {
		if (size == 0)
			return true;
		*cut = size >= body.n;
		if (*cut) {
			buf_put(out, body.p, body.n);
			return true;
		}
		buf_put(out, body.p, size);
		body = span_from(body, size);
		if (span_starts(body, SPAN("\r\n")))
			body = span_from(body, 2);
		else if (*body.p == '\n')
			body = span_from(body, 1);
		else if (!span_eq(body, SPAN("\r")))
			break;
		*cut = ends_in_framing(body);
		if (*cut)
			return true;
	}
	*cut = chunks >= SURE;
	if (*cut)
		buf_put(out, body.p, body.n);
	else
		out->n = start;
	return *cut;
}
