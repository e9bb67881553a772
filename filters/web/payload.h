/* payload.h - find the page or text in a record of a web archive. */
#ifndef TAMIS_PAYLOAD_H
#define TAMIS_PAYLOAD_H

#include "filters/web/http_body.h"
#include "filters/web/warc.h"

/* The fields of a WARC or ARC record; empty if they are missing. */
struct web_record {
	struct span type; /* as WARC-Type */
	struct span id, url, date;
	struct span mime;	/* Content-Type of the record itself */
	struct span identified; /* the type that the crawler has found by content */
	struct span truncated;	/* why the body is not whole */
	struct span body;	/* borrowed, as the others are */
};

/* The fields of a WARC record. */
void payload_warc_fields(const struct warc_record *r, struct web_record *w);

struct web_payload {
	bool html; /* else it is plain text */
	bool xml;  /* the server states that the page is XHTML */
	struct span bytes, charset;
	struct span headers;   /* of the HTTP response; may be empty */
	struct span truncated; /* why bytes are not whole; empty: they are */
	bool damaged;
};

/*
 * Whether a record is surely no document, judged by its fields and the first
 * PAYLOAD_START bytes of its body: the count (static) for skipped ones, or NULL.
 */
enum { PAYLOAD_START = 64 * 1024 };
const char *payload_refused(const struct web_record *w);
/*
 * Get the payload of a record, of at most max bytes, valid until the next call with the
 * same b.  Returns NULL, or the count (static) for skipped records.
 */
const char *payload_read(
    struct http_body *b, const struct web_record *w, size_t max, struct web_payload *p);

#endif
