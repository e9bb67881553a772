/* run.c - the steps a block goes through: read, map, fold, emit, write. */
#include "lib/driver/run.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/num.h"
#include "lib/text/utf8.h"

struct span
run_text_key(const struct run *r)
{
	return r->text_key;
}

struct span
run_id_key(const struct run *r)
{
	return r->id_key;
}

const struct common *
run_common(const struct run *r)
{
	return &r->c;
}

bool
run_tags(const struct run *r, size_t stage)
{
	return r->stage[stage].c.tag;
}

bool
run_by_line(const struct run *r)
{
	return r->split == &jsonl_split;
}

/* Whether bad documents stop the run (what could not be mended does, too). */
static bool
bad_is_fatal(const struct run *r)
{
	return r->c.on_bad != ON_BAD_SKIP;
}

static bool
in_where(const struct stage *s, struct doc *d)
{
	struct span value;

	if (!doc_str(d, s->where_key, &value))
		return false;
	for (const char *v = s->where_values;; v++) {
		size_t n = strcspn(v, ",");

		if (span_eq(value, (struct span){ v, n }))
			return true;
		v += n;
		if (!*v)
			return false;
	}
}

static int
step_read(void *ctx, size_t arg, int thread, void *block)
{
	struct run *r = ctx;
	struct block *b = block;
	int more;

	if (r->read_err.code)
		return 0;
	more = reader_fill(r->reader, b, &r->read_err);
	/* On an error the block holds what was whole before it, and is the last. */
	return more != 0;
}

static struct doc *
new_doc(struct block *b, const struct piece *p)
{
	struct doc *d;

	if (b->ndocs == b->doc_cap) {
		b->doc_cap = b->doc_cap ? b->doc_cap * 2 : 256;
		b->doc = xrealloc(b->doc, b->doc_cap, sizeof *b->doc);
	}
	d = &b->doc[b->ndocs];
	*d = (struct doc){ .block = b,
		.path = p->path,
		.place = p->ordinal + 1,
		.ordinal = b->first + b->nrecords };
	return d;
}

/* A document has gone through its stage: what the next one sees of the verdict. */
static void
end_stage(const struct run *r, struct doc *d)
{
	if (d->broken && d->broken->stage == d->stage && run_tags(r, d->stage) && !d->bad)
		doc_set_raw(d, SPAN("drop"), doc_drops(d));
}

/* What any thread may do to a document: the maps from stage first to the next fold. */
static void
map_doc(struct run *r, size_t first, int thread, struct doc *d)
{
	for (size_t i = first; i < r->nstages && !d->bad && !d->dropped; i++) {
		const struct stage *s = &r->stage[i];
		bool folds = s->f->fold && !r->second;

		d->stage = i;
		if (s->where_values && !in_where(s, d)) {
			d->outside |= (uint32_t)1 << i;
			if (s->f->pass_by)
				s->f->pass_by(s->self, s->scratch[thread], d);
		} else {
			if (r->second)
				s->f->apply(s->self, s->scratch[thread], d);
			else if (s->f->map)
				s->f->map(s->self, s->scratch[thread], d);
			if (!folds)
				end_stage(r, d);
		}
		if (folds)
			return;
	}
}

static void
parse_stretch(struct run *r, struct block *b, struct stretch *s, int thread)
{
	struct doc *d;

	while (s->piece.rest.n) {
		d = new_doc(b, &s->piece);
		if (r->split->next(
			r->stage[0].self, r->stage[0].scratch[thread], &s->piece, d)) {
			b->ndocs++;
			map_doc(r, 0, thread, d);
		}
		b->nrecords++;
	}
	if (s->overlong) {
		d = new_doc(b, &s->piece);
		b->ndocs++;
		b->nrecords++;
		doc_bad(d, "%s", s->overlong);
	}
}

static int
step_parse(void *ctx, size_t arg, int thread, void *block)
{
	struct block *b = block;

	for (size_t i = 0; i < b->nstretches; i++)
		parse_stretch(ctx, b, &b->stretch[i], thread);
	return 1;
}

static int
step_map(void *ctx, size_t first, int thread, void *block)
{
	struct block *b = block;

	for (size_t i = 0; i < b->ndocs; i++)
		map_doc(ctx, first, thread, &b->doc[i]);
	return 1;
}

static int
step_fold(void *ctx, size_t arg, int thread, void *block)
{
	struct run *r = ctx;
	struct block *b = block;
	const struct stage *s = &r->stage[arg];

	for (size_t i = 0; i < b->ndocs; i++) {
		struct doc *d = &b->doc[i];

		if (d->bad || d->dropped || d->outside >> arg & 1)
			continue;
		d->stage = arg;
		s->f->fold(s->self, d);
		end_stage(r, d);
	}
	return 1;
}

/* A bad record cannot be spliced: it goes to the rejects as a string, mended. */
static void
reject_bad(const struct doc *d, struct buf *out)
{
	struct buf b = { 0 };

	buf_puts(out, "{\"drop\":[{\"rule\":\"bad\",\"message\":");
	utf8_repair(&b, span_of(d->bad));
	json_quote(out, buf_span(&b));
	b.n = 0;
	buf_puts(out, "}]");
	if (d->json.n) {
		buf_puts(out, ",\"record\":");
		utf8_repair(&b, d->json);
		json_quote(out, buf_span(&b));
	}
	buf_puts(out, "}\n");
	buf_free(&b);
}

static void
emit_verbatim(struct block *b, struct span *whole, struct span json)
{
	const char *data_end = b->data.p + b->data.n;

	if (whole->n && whole->p + whole->n == json.p) {
		whole->n += json.n;
	} else {
		buf_put(&b->out, whole->p, whole->n);
		*whole = json;
	}
	/* Its newline too, if that follows in the block. */
	if (json.p >= b->data.p && json.p + json.n < data_end && json.p[json.n] == '\n') {
		whole->n++;
	} else {
		buf_put(&b->out, whole->p, whole->n);
		buf_putc(&b->out, '\n');
		*whole = (struct span){ b->data.p, 0 };
	}
}

/* One kept document to out.  whole: the unchanged records just before, not yet copied. */
static void
emit_doc(struct run *r, struct block *b, struct doc *d, struct span *whole)
{
	if (!d->edits && d->json.n && !r->routes) {
		emit_verbatim(b, whole, d->json);
		return;
	}
	buf_put(&b->out, whole->p, whole->n);
	*whole = (struct span){ b->data.p, 0 };
	doc_emit(d, r->text_key, &b->out);
	d->written = b->out.n;
}

static int
step_emit(void *ctx, size_t arg, int thread, void *block)
{
	struct run *r = ctx;
	struct block *b = block;
	struct span whole = { b->data.p, 0 };

	b->out.n = b->packed.n = b->rejects.n = 0;
	b->fatal = NULL;
	for (size_t i = 0; i < b->ndocs && !b->fatal; i++) {
		struct doc *d = &b->doc[i];

		if (d->bad && bad_is_fatal(r)) {
			b->fatal = d;
		} else if (r->looking) {
			continue;
		} else if (d->bad) {
			if (r->rejects)
				reject_bad(d, &b->rejects);
		} else if (d->dropped) {
			if (!r->rejects)
				continue;
			doc_set_raw(d, SPAN("drop"), doc_drops(d));
			doc_emit(d, r->text_key, &b->rejects);
		} else if (!r->sink) {
			emit_doc(r, b, d, &whole);
		}
	}
	if (b->out.n)
		buf_put(&b->out, whole.p, whole.n);
	b->result = b->out.n ? buf_span(&b->out) : whole;
	if (r->out && out_packing(r->out) != PACK_NONE)
		out_pack(r->out, &r->packer[thread], b->result, &b->packed);
	return 1;
}

static int
write_rejects(struct run *r, struct block *b)
{
	struct span raw = buf_span(&b->rejects), packed = raw;
	struct buf p = { 0 };
	int rc;

	if (!r->rejects || raw.n == 0)
		return 0;
	if (out_packing(r->rejects) != PACK_NONE) {
		out_pack(r->rejects, &r->reject_packer, raw, &p);
		packed = buf_span(&p);
	}
	rc = out_write(r->rejects, packed, raw, r->err);
	buf_free(&p);
	return rc;
}

static void
show_progress(struct run *r)
{
	double s = progress_seconds(&r->progress),
	       bytes = (double)reader_bytes(r->reader);
	struct buf b = { 0 };

	num_put_si(&b, bytes, "B  ");
	num_put_si(&b, s > 0 ? bytes / s : 0, "B/s  ");
	num_put_si(&b, (double)r->tally.read, "docs");
	buf_putf(&b, "  %.1f%% dropped%s",
	    r->tally.read ? 100.0 * (double)r->tally.dropped / (double)r->tally.read
			  : 0.0,
	    r->looking ? "  first pass" : "");
	buf_putc(&b, '\0');
	progress_line(&r->progress, "%s: %s", r->verb, b.p);
	buf_free(&b);
}

/* The document that lies in the block's out from `from` on, to its file. */
static int
write_route(struct run *r, struct block *b, struct doc *d, size_t *from)
{
	const struct span line = { b->out.p + *from, d->written - *from };
	struct span key;

	if (!doc_str(d, r->route_key, &key))
		key = SPAN("");
	*from = d->written;
	return routes_put(r->routes, key, line, r->err);
}

static int
write_docs(struct run *r, struct block *b)
{
	const struct stage *last = &r->stage[r->nstages - 1];
	size_t from = 0;

	for (size_t i = 0; i < b->ndocs && &b->doc[i] != b->fatal; i++) {
		struct doc *d = &b->doc[i];

		tally_doc(&r->tally, d);
		if (d->bad || d->dropped)
			continue;
		d->stage = r->nstages - 1;
		if (r->sink && r->sink->write(last->self, d, r->err) < 0)
			return -1;
		if (r->routes && write_route(r, b, d, &from) < 0)
			return -1;
	}
	for (size_t i = 0; i < b->counts.n; i++)
		counts_add(&r->tally.counts, b->counts.v[i].what, b->counts.v[i].n);
	return 0;
}

/* What a giant made grow shall not stay with its slot of the ring. */
static void
shrink(struct block *b)
{
	enum { KEEP = 8 << 20 };
	struct buf *grown[] = { &b->data, &b->out, &b->packed, &b->rejects, &b->scratch };

	for (size_t i = 0; i < sizeof grown / sizeof *grown; i++)
		if (grown[i]->cap > KEEP)
			buf_free(grown[i]);
	if (b->members.cap > KEEP / sizeof *b->members.v) {
		free(b->members.v);
		b->members = (struct members){ 0 };
	}
	arena_reset(&b->mem);
}

static int
step_write(void *ctx, size_t arg, int thread, void *block)
{
	struct run *r = ctx;
	struct block *b = block;
	bool packed = r->out && out_packing(r->out) != PACK_NONE;

	if (!r->looking) {
		if (write_docs(r, b) < 0)
			return -1;
		if (r->out && b->result.n) {
			hasher_add(r->tally.hasher, b->result);
			r->tally.out_bytes += b->result.n;
			if (out_write(r->out, packed ? buf_span(&b->packed) : b->result,
				b->result, r->err) < 0)
				return -1;
		}
		if (write_rejects(r, b) < 0)
			return -1;
	}
	if (b->fatal)
		return err_set(r->err, EXIT_DATA, "%s", b->fatal->bad);
	if (r->tally.bad > r->c.max_bad)
		return err_set(r->err, EXIT_DATA,
		    "%" PRIu64 " bad records: above --max-bad %" PRIu64, r->tally.bad,
		    r->c.max_bad);
	if (progress_due(&r->progress))
		show_progress(r);
	shrink(b);
	return 1;
}

static size_t
block_bytes(void *ctx, const void *block)
{
	return ((const struct block *)block)->data.n;
}

/* One pass over the input: the steps that the stages make. */
static int
run_pass(struct run *r)
{
	struct pipe_step step[2 * MAX_STAGES + 4];
	struct pipe_ops ops = { .step = step, .ctx = r, .bytes = block_bytes };
	void *blocks[MAX_BLOCKS];
	size_t n = 0;

	step[n++] = (struct pipe_step){ true, step_read, 0 };
	step[n++] = (struct pipe_step){ false, step_parse, 0 };
	for (size_t i = 0; i < r->nstages && !r->second; i++) {
		if (!r->stage[i].f->fold)
			continue;
		step[n++] = (struct pipe_step){ true, step_fold, i };
		if (i + 1 < r->nstages)
			step[n++] = (struct pipe_step){ false, step_map, i + 1 };
	}
	step[n++] = (struct pipe_step){ false, step_emit, 0 };
	step[n++] = (struct pipe_step){ true, step_write, 0 };
	ops.nsteps = n;
	ops.max_bytes = (size_t)r->c.threads * ((size_t)8 << 20);
	for (size_t i = 0; i < r->nblocks; i++)
		blocks[i] = &r->block[i];
	if (pipe_run(&ops, (int)r->c.threads, blocks, r->nblocks) < 0)
		return -1;
	if (r->read_err.code) {
		*r->err = r->read_err;
		return -1;
	}
	return 0;
}

bool
run_wants_two(const struct run *r, size_t stage)
{
	const struct stage *s = &r->stage[stage];

	return s->f->barrier && (!s->f->two_pass || s->f->two_pass(s->self));
}

int
run_passes(struct run *r)
{
	const struct stage *s = &r->stage[0];

	if (run_wants_two(r, 0)) {
		r->looking = true;
		if (run_pass(r) < 0 || s->f->barrier(s->self, r->err) < 0 ||
		    reader_rewind(r->reader, r->err) < 0)
			return -1;
		r->looking = false;
		r->second = true;
	}
	return run_pass(r);
}
