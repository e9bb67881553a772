/* http_body.h - decode the body of a stored HTTP response. */
#ifndef TAMIS_HTTP_BODY_H
#define TAMIS_HTTP_BODY_H

#include "filters/web/http.h"

struct unpacker;

/* The memory of one thread for bodies.  Zero it to begin. */
struct http_body {
	struct buf out, next;
	struct unpacker *unpacker;
};
void http_body_free(struct http_body *b);

enum http_decoded {
	HTTP_DECODED,
	HTTP_CODED, /* a coding is unknown, or damaged before any data */
	HTTP_LONG,  /* more than `max` bytes in some coding */
};

struct http_payload {
	struct span bytes; /* in the response or in the http_body, until the next call */
	bool cut;	   /* the data ends too early: bytes is what precedes the cut */
	bool damaged;	   /* or what precedes the damage */
};

/*
 * Undo the transfer and content codings of a response, in reverse order, each up to max
 * bytes: chunked, gzip, deflate, br and zstd.  Archives keep the headers even of bodies
 * that are already decoded, and servers forget them: codings that the body does not have
 * are ignored, and others are recognized by content.
 */
enum http_decoded http_body_decode(struct http_body *b, const struct http_response *h,
    size_t max, struct http_payload *out);

#endif
