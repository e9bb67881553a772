/* http.h - header lines and stored HTTP responses (RFC 9112), as crawlers leave them. */
#ifndef TAMIS_HTTP_H
#define TAMIS_HTTP_H

#include "lib/base/mem.h"
#include "lib/base/span.h"

/*
 * Bytes of the header lines at the front of s with the empty line behind them, LF or
 * CRLF; 0: there is no empty line.
 */
size_t header_length(struct span s);
/*
 * The value of the first header line of this name (lower case), space around it removed.
 * A folded value comes with its line ends.  Empty where there is none.
 */
struct span header_value(struct span headers, const char *name);
/* Whether s is `lower_case`, whatever the case of s. */
bool word_is(struct span s, const char *lower_case);

struct http {
	int status;
	struct span headers, body;
};

/* Cut a response in its parts.  False: it does not begin with a status line. */
bool http_parse(struct span s, struct http *h);

/* "text/html; charset=utf-8" in its parts; either may be empty. */
void http_content_type(struct span value, struct span *type, struct span *charset);

/*
 * Append a chunked body put together.  False: it is not chunked, whatever the headers
 * say, and out is as it was.  A body cut short in a chunk counts as far as it goes.
 */
bool http_dechunk(struct span body, struct buf *out);

#endif
