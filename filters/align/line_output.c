/* line_output.c - the output of a sink that writes lines of its own. */
#include "filters/align/line_output.h"

#include "lib/io/stream.h"

enum { MANY = 1 << 18 }; /* bytes */

int
line_output_open(struct line_output *o, const struct common *c, struct err *err)
{
	o->hasher = hasher_new();
	o->out = out_open(c->output, c->level, 0666, err);
	if (!o->out)
		return -1;
	out_threads(o->out, c->threads > 1 ? c->threads - 1 : 1);
	return 0;
}

static int
write_lines(struct line_output *o, struct err *err)
{
	const struct span s = buf_span(&o->b);

	hasher_add(o->hasher, s);
	o->bytes += s.n;
	o->b.n = 0;
	return out_write(o->out, s, err);
}

int
line_output_flush(struct line_output *o, struct err *err)
{
	return o->b.n < MANY ? 0 : write_lines(o, err);
}

int
line_output_commit(struct line_output *o, struct err *err)
{
	struct out *out = o->out;

	if (o->b.n && write_lines(o, err) < 0)
		return -1;
	o->out = NULL;
	return out_commit(out, err);
}

struct file_digest
line_output_digest(const struct line_output *o)
{
	return (struct file_digest){ hasher_sum(o->hasher), o->bytes };
}

void
line_output_free(struct line_output *o)
{
	out_abort(o->out);
	o->out = NULL;
	buf_free(&o->b);
	if (o->hasher)
		hasher_free(o->hasher);
	o->hasher = NULL;
}
