/* http_body.c - undo the codings of HTTP bodies: chunked, gzip, deflate, br and zstd. */
#include "filters/web/http_body.h"

#include "filters/web/binary_data.h"
#include "filters/web/page/html_page.h"
#include "lib/base/chars.h"
#include "lib/io/unpack.h"
#include "lib/text/utf8.h"

/* No server states or applies more codings than this. */
enum { CODINGS_MAX = 8 };

struct codings {
	struct span name[CODINGS_MAX];
	size_t n;
};

/* A body while its codings are undone. */
struct body_decoding {
	struct http_body *mem;
	size_t max;
	struct http_payload body;
	bool doubt; /* a coding was ignored that the body may have */
};

/* The effect of one coding. */
enum undone { UNDONE, NOT_CODED, LOST, TOO_LONG };

void
http_body_free(struct http_body *b)
{
	buf_free(&b->out);
	buf_free(&b->next);
	unpacker_free(b->unpacker);
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

static bool
is_readable(struct span s)
{
	return html_looks_like(s) || utf8_valid(s);
}

/* Continue with the bytes in mem->next. */
static enum undone
take_next(struct body_decoding *d)
{
	struct http_body *b = d->mem;
	const struct buf last = b->out;

	b->out = b->next;
	b->next = last;
	d->body.bytes = b->out.n > 0 ? buf_span(&b->out) : SPAN("");
	return UNDONE;
}

/* Decompress the body.  whole: nothing but all of it in this format counts, as where only
 * the attempt shows whether it has it. */
static enum undone
decompress(struct body_decoding *d, enum unpack_format format, bool whole)
{
	struct http_body *b = d->mem;
	struct span rest;
	enum unpacked got;

	if (!b->unpacker)
		b->unpacker = unpacker_new();
	b->next.n = 0;
	got = unpack(b->unpacker, format, d->body.bytes, d->max, &b->next, &rest);
	if (whole && (got != UNPACKED_WHOLE || rest.n > 0))
		return NOT_CODED;
	if (got == UNPACKED_LONG)
		return TOO_LONG;
	if (got != UNPACKED_WHOLE && b->next.n == 0)
		return LOST;
	d->body.cut |= got == UNPACKED_CUT;
	d->body.damaged |= got == UNPACKED_DAMAGED;
	return take_next(d);
}

/* Decompress a body in a format without a magic number, if it has that format.  Other
 * bytes can begin like an incomplete stream, but not one of text. */
static enum undone
decompress_unmarked(struct body_decoding *d, enum unpack_format format)
{
	const struct http_payload before = d->body;
	enum undone got = decompress(d, format, true);

	if (got != NOT_CODED || is_readable(before.bytes) ||
	    unpack_is_gzip(before.bytes) || unpack_is_zstd(before.bytes))
		return got;
	got = decompress(d, format, false);
	if (got == LOST)
		return NOT_CODED;
	if (got != UNDONE || !text_has_controls(d->body.bytes))
		return got;
	/* `before` can be in mem->next only. */
	take_next(d);
	d->body = before;
	return NOT_CODED;
}

static enum undone
undo_chunks(struct body_decoding *d)
{
	bool cut;

	d->mem->next.n = 0;
	/* Many archives store bodies without chunks. */
	if (!http_dechunk(d->body.bytes, &d->mem->next, &cut))
		return UNDONE;
	d->body.cut |= cut;
	return take_next(d);
}

/* Whether the first bytes show that a body does not have a coding. */
static bool
has_magic(struct span coding)
{
	return http_value_is(coding, "gzip") || http_value_is(coding, "x-gzip") ||
	       http_value_is(coding, "zstd");
}

/* Undo a coding that the headers name. */
static enum undone
undo(struct body_decoding *d, struct span coding)
{
	const struct span body = d->body.bytes;
	enum undone got;

	if (http_value_is(coding, "chunked"))
		return undo_chunks(d);
	if (body.n == 0)
		return UNDONE;
	if (http_value_is(coding, "br"))
		return decompress_unmarked(d, UNPACK_BROTLI);
	if (http_value_is(coding, "zstd"))
		return unpack_is_zstd(body) ? decompress(d, UNPACK_ZSTD, false)
					    : NOT_CODED;
	if (http_value_is(coding, "gzip") || http_value_is(coding, "x-gzip"))
		return unpack_is_gzip(body) ? decompress(d, UNPACK_GZIP, false)
					    : NOT_CODED;
	if (!http_value_is(coding, "deflate") || unpack_is_gzip(body))
		return NOT_CODED;
	/* The standard means zlib, some servers raw deflate. */
	if (unpack_is_zlib(body)) {
		got = decompress_unmarked(d, UNPACK_ZLIB);
		if (got == UNDONE || got == TOO_LONG)
			return got;
	}
	return decompress_unmarked(d, UNPACK_DEFLATE);
}

/* Undo a coding that the headers do not name.  brotli, which has no magic number, is
 * looked for only where nothing else explains the bytes. */
static enum undone
undo_unnamed(struct body_decoding *d)
{
	const struct span body = d->body.bytes;
	enum undone got;

	if (unpack_is_gzip(body))
		return decompress(d, UNPACK_GZIP, false);
	if (unpack_is_zstd(body))
		return decompress(d, UNPACK_ZSTD, false);
	if (http_is_chunked(body))
		return undo_chunks(d);
	got = unpack_is_zlib(body) ? decompress(d, UNPACK_ZLIB, true) : NOT_CODED;
	if (got == NOT_CODED && text_has_controls(body) && !is_readable(body))
		got = decompress(d, UNPACK_BROTLI, true);
	return got;
}

enum http_decoded
http_body_decode(struct http_body *b, const struct http_response *h, size_t max,
    struct http_payload *out)
{
	struct codings c = { .n = 0 };
	struct body_decoding d = { .mem = b, .max = max, .body.bytes = h->body };
	enum undone got = UNDONE;

	if (!add_codings(h->headers, "content-encoding", &c) ||
	    !add_codings(h->headers, "transfer-encoding", &c))
		return HTTP_CODED;
	while (c.n > 0 && got == UNDONE) {
		got = undo(&d, c.name[--c.n]);
		if (got == NOT_CODED) {
			d.doubt |= !has_magic(c.name[c.n]);
			got = UNDONE;
		}
	}
	for (int i = 0; i < CODINGS_MAX && got == UNDONE; i++)
		got = undo_unnamed(&d);
	*out = d.body;
	if (got == TOO_LONG)
		return HTTP_LONG;
	if (got == LOST)
		return HTTP_CODED;
	/* The crawler may have undone the codings that the body does not have. */
	return (got != UNDONE && !d.doubt) || is_readable(d.body.bytes) ? HTTP_DECODED
									: HTTP_CODED;
}
