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

struct span
http_header_value(struct span headers, const char *name)
{
	while (headers.n > 0) {
		const size_t n = folded_length(headers);
		const char *colon = memchr(headers.p, ':', n);

		if (colon) {
			const size_t len = (size_t)(colon - headers.p);

			if (http_value_is(trim((struct span){ headers.p, len }), name))
				return trim((struct span){ colon + 1, n - len - 1 });
		}
		headers = span_from(headers, n);
	}
	return (struct span){ headers.p, 0 };
}

bool
http_parse(struct span s, struct http_response *h)
{
	size_t at, head;

	*h = (struct http_response){ 0 };
	if (!span_starts(s, SPAN("HTTP/")))
		return false;
	head = http_header_length(s);
	h->headers = (struct span){ s.p, head ? head : s.n };
	h->body = span_from(s, h->headers.n);
	for (at = 5; at < h->headers.n && s.p[at] != ' ' && s.p[at] != '\n'; at++)
		;
	while (at < h->headers.n && s.p[at] == ' ')
		at++;
	for (int i = 0; i < 3 && at < h->headers.n && is_digit(s.p[at]); i++)
		h->status = h->status * 10 + (s.p[at++] - '0');
	return true;
}

void
http_content_type(struct span value, struct span *type, struct span *charset)
{
	const char *semicolon = value.n ? memchr(value.p, ';', value.n) : NULL;

	*type = value;
	*charset = (struct span){ value.p, 0 };
	if (semicolon)
		type->n = (size_t)(semicolon - value.p);
	value = span_from(value, type->n);
	*type = trim(*type);
	while (value.n > 0) {
		const char *end;
		struct span param = span_from(value, 1);

		end = param.n ? memchr(param.p, ';', param.n) : NULL;
		if (end)
			param.n = (size_t)(end - param.p);
		value = span_from(value, param.n + 1);
		param = trim(param);
		if (param.n > 8 &&
		    http_value_is((struct span){ param.p, 8 }, "charset=")) {
			param = trim(span_from(param, 8));
			if (param.n >= 2 && (*param.p == '"' || *param.p == '\'') &&
			    param.p[param.n - 1] == *param.p)
				param = (struct span){ param.p + 1, param.n - 2 };
			*charset = trim(param);
			return;
		}
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

bool
http_dechunk(struct span body, struct buf *out, bool *cut)
{
	const size_t start = out->n;
	size_t size;

	*cut = false;
	while (chunk_size(&body, &size)) {
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
		else
			break;
		*cut = body.n == 0;
		if (*cut)
			return true;
	}
	out->n = start;
	return false;
}
