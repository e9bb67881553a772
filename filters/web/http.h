/* http.h - parse header lines and stored HTTP responses (RFC 9112), tolerantly. */
#ifndef TAMIS_HTTP_H
#define TAMIS_HTTP_H

#include "lib/base/mem.h"
#include "lib/base/span.h"

/* The length in bytes of the header lines at the beginning of s with the empty line after
 * them, LF or CRLF; 0 if there is no empty line. */
size_t http_header_length(struct span s);
/*
 * The value of the first header line of this name (lower case), trimmed.  A folded value
 * includes its line ends.  Empty if there is none.
 */
struct span http_header_value(struct span headers, const char *name);
/* Take header lines off *headers up to one of this name, and set *value.  Returns false
 * if there is none. */
bool http_next_value(struct span *headers, const char *name, struct span *value);
/* Whether s equals `lower_case`, ignoring the case of ASCII letters. */
bool http_value_is(struct span s, const char *lower_case);

struct http_response {
	int status; /* 0: missing */
	struct span headers, body;
};

/* Split a response into its parts, borrowed from s.  Returns false if it does not begin
 * with a status line; all of it is then the body. */
bool http_parse(struct span s, struct http_response *h);

/* Split "text/html; charset=utf-8" into type and charset; either may be empty.  Of a list
 * of types the last valid one counts. */
void http_content_type(struct span value, struct span *type, struct span *charset);

/*
 * Append the data of a chunked body.  Returns false, with *out unchanged, if the body is
 * not chunked, whatever its headers state.  *cut: its end is missing, or a chunk is
 * damaged after several or a long one; all that follows then counts as data.
 */
bool http_dechunk(struct span body, struct buf *out, bool *cut);
/* Whether a body consists of chunks with CRLF line ends, from the first to the last, so
 * that it is chunked even if no header states it. */
bool http_is_chunked(struct span body);

#endif
