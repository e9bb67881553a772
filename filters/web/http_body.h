/* http_body.h - decode the body of a stored HTTP response. */
#ifndef TAMIS_HTTP_BODY_H
#define TAMIS_HTTP_BODY_H

#include "filters/web/http.h"

/* The memory of one thread for bodies. */
struct http_body {
	struct buf out, next;
};
void http_body_free(struct http_body *b);

/*
 * Undo the transfer and content codings of a response, in reverse order, each up to max
 * bytes.  Archives keep the headers even of bodies that are already decoded; such bodies
 * are left as they are.  Returns false if a coding is unknown or the body is damaged.
 * *out: the body, valid until the next call.  *cut: its last chunk is missing.
 */
bool http_body_decode(struct http_body *b, const struct http_response *h, size_t max,
    struct span *out, bool *cut);

#endif
