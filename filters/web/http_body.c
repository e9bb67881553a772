/* http_body.c - undo the codings of HTTP bodies: chunked, gzip and deflate. */
#include "filters/web/http_body.h"

#include "filters/web/html.h"
#include "lib/base/chars.h"
#include "lib/io/stream.h"
#include "lib/text/utf8.h"

/* No server means more codings than this. */
enum { CODINGS_MAX = 8 };

static bool
is_gzip(struct span body)
{
	return span_starts(body, SPAN("\x1F\x8B"));
}

struct codings {
	struct span name[CODINGS_MAX];
	size_t n;
};

void
http_body_free(struct http_body *b)
{
	buf_free(&b->out);
	buf_free(&b->next);
}

/* Add the codings that all header lines of this name list.  Returns false if there are
 * too many. */
static bool
add_codings(struct span headers, const char *name, struct codings *c)
{
	struct span value;

	while ((value = http_header_value(headers, name)).n > 0) {
		const char *end = value.p + value.n;

		while (value.p < end) {
			const char *comma = memchr(value.p, ',', value.n);
			struct span one = { value.p,
				(size_t)((comma ? comma : end) - value.p) };

			value = span_from(value, one.n + (comma ? 1 : 0));
			one = span_trim(one);
			if (one.n == 0 || http_value_is(one, "identity"))
				continue;
			if (c->n == CODINGS_MAX)
				return false;
			c->name[c->n++] = one;
		}
		headers = span_from(headers, (size_t)(end - headers.p));
	}
	return true;
}

/* Have *body refer to the bytes in b->next. */
static bool
take_next(struct http_body *b, struct span *body)
{
	const struct buf last = b->out;

	b->out = b->next;
	b->next = last;
	*body = b->out.n > 0 ? buf_span(&b->out) : SPAN("");
	return true;
}

static bool
inflate_body(struct http_body *b, size_t max, struct span *body)
{
	b->next.n = 0;
	return inflate_whole(*body, max, &b->next) && take_next(b, body);
}

/* Undo one coding of *body.  Returns false if it is unknown or the body does not have it.
 */
static bool
undo(struct http_body *b, struct span coding, size_t max, struct span *body, bool *cut)
{
	if (http_value_is(coding, "chunked")) {
		b->next.n = 0;
		/* Many archives store bodies without chunks. */
		return !http_dechunk(*body, &b->next, cut) || take_next(b, body);
	}
	return (http_value_is(coding, "gzip") || http_value_is(coding, "x-gzip") ||
		   http_value_is(coding, "deflate")) &&
	       inflate_body(b, max, body);
}

bool
http_body_decode(struct http_body *b, const struct http_response *h, size_t max,
    struct span *out, bool *cut)
{
	struct codings c = { .n = 0 };
	struct span body = h->body;
	size_t left, more = CODINGS_MAX;
	bool ok;

	*cut = false;
	if (!add_codings(h->headers, "content-encoding", &c) ||
	    !add_codings(h->headers, "transfer-encoding", &c))
		return false;
	for (left = c.n; left > 0 && undo(b, c.name[left - 1], max, &body, cut); left--)
		;
	/* Some servers compress files that are compressed already, or do not state it. */
	while (left == 0 && more > 0 && is_gzip(body) && inflate_body(b, max, &body))
		more--;
	/* Brotli compresses an empty body to one byte, such as ';'. */
	if (left > 0 && body.n == 1 && http_value_is(c.name[left - 1], "br"))
		return false;
	/* The crawler may have undone the codings that are left. */
	ok = (left == 0 && !is_gzip(body)) || utf8_valid(body) || html_looks_like(body);
	*out = body;
	return ok;
}
