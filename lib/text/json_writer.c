/* json_writer.c - write JSON value by value; the writer puts the commas. */
#include "lib/text/json_writer.h"

#include <inttypes.h>

#include "lib/base/err.h"
#include "lib/base/num.h"
#include "lib/text/json.h"

static void
before_value(struct json_writer *w)
{
	if (w->comma)
		buf_putc(w->out, ',');
	w->comma = true;
}

static void
begin(struct json_writer *w, bool array)
{
	if (w->depth == 64)
		BUG("JSON nested more than 64 deep");
	before_value(w);
	buf_putc(w->out, array ? '[' : '{');
	w->arrays = w->arrays << 1 | array;
	w->depth++;
	w->comma = false;
}

void
jw_object(struct json_writer *w)
{
	begin(w, false);
}

void
jw_array(struct json_writer *w)
{
	begin(w, true);
}

void
jw_end(struct json_writer *w)
{
	if (w->depth == 0)
		BUG("no JSON object or array is open");
	buf_putc(w->out, w->arrays & 1 ? ']' : '}');
	w->arrays >>= 1;
	w->depth--;
	w->comma = true;
}

struct json_writer *
jw_key(struct json_writer *w, const char *key)
{
	before_value(w);
	buf_putf(w->out, "\"%s\":", key);
	w->comma = false;
	return w;
}

struct json_writer *
jw_any_key(struct json_writer *w, struct span key)
{
	jw_str(w, key);
	buf_putc(w->out, ':');
	w->comma = false;
	return w;
}

void
jw_u64(struct json_writer *w, uint64_t v)
{
	before_value(w);
	buf_putf(w->out, "%" PRIu64, v);
}

void
jw_num(struct json_writer *w, double v, int places)
{
	before_value(w);
	num_put(w->out, v, places);
}

void
jw_str(struct json_writer *w, struct span s)
{
	before_value(w);
	json_quote_any(w->out, s);
}

void
jw_text(struct json_writer *w, const char *s)
{
	jw_str(w, span_of(s));
}

void
jw_bool(struct json_writer *w, bool v)
{
	jw_raw(w, v ? SPAN("true") : SPAN("false"));
}

void
jw_null(struct json_writer *w)
{
	jw_raw(w, SPAN("null"));
}

void
jw_raw(struct json_writer *w, struct span json)
{
	before_value(w);
	buf_put(w->out, json.p, json.n);
}
