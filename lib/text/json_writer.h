/*
 * json_writer.h - write JSON value by value; the writer puts the commas.
 *
 *	struct json_writer w = { .out = &buf };
 *	jw_object(&w);
 *	jw_u64(jw_key(&w, "docs"), 3);
 *	jw_array(jw_key(&w, "names"));
 *	jw_str(&w, SPAN("a"));
 *	jw_end(&w);
 *	jw_end(&w);	-> {"docs":3,"names":["a"]}
 */
#ifndef TAMIS_JSON_WRITER_H
#define TAMIS_JSON_WRITER_H

#include <stdint.h>

#include "lib/base/mem.h"
#include "lib/base/span.h"

/* Set out, zero the rest.  Values nest up to 64 deep. */
struct json_writer {
	struct buf *out; /* borrowed; the text is appended to it */
	uint64_t arrays; /* a bit per level: it is an array */
	unsigned depth;
	bool comma; /* a comma must precede the next value */
};

void jw_object(struct json_writer *w);
void jw_array(struct json_writer *w);
void jw_end(struct json_writer *w); /* closes the innermost object or array */

/* The name of the next value in an object.  Returns w.  key: plain ASCII, no quotes. */
struct json_writer *jw_key(struct json_writer *w, const char *key);
/* The same for a name of any bytes: ill-formed UTF-8 becomes U+FFFD. */
struct json_writer *jw_any_key(struct json_writer *w, struct span key);

void jw_u64(struct json_writer *w, uint64_t v);
void jw_num(struct json_writer *w, double v, int places); /* places: decimals, 0..17 */
void jw_str(struct json_writer *w, struct span s); /* ill-formed UTF-8 becomes U+FFFD */
void jw_text(struct json_writer *w, const char *s);
void jw_bool(struct json_writer *w, bool v);
void jw_null(struct json_writer *w);
void jw_raw(struct json_writer *w, struct span json); /* one valid JSON value */

#endif
