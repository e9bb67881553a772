/* run.c - the steps of a block: read, map, fold, emit, write. */
#include "lib/driver/run.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/base/num.h"
#include "lib/text/utf8.h"

/* Whether a bad document stops the run.  --on-bad=repair has already repaired it if it
 * could. */
static bool
bad_is_fatal(const struct run *r)
{
	return r->c.on_bad != ON_BAD_SKIP && r->c.on_bad != ON_BAD_REPAIR_SKIP;
}

static bool
in_where(const struct stage *s, struct doc *d)
{
	struct span value;

	if (!doc_str(d, s->where_key, &value))
		return false;
	return list_has(s->where_values, value);
}

static int
step_read(void *ctx, size_t arg, int thread, void *block)
{
	struct run *r = ctx;
	struct block *b = block;
	int more;

	if (r->read_err.code)
		return 0;
	more = reader_fill(r->current, b, &r->read_err);
	/* After an error the block has the records before it and is the last. */
	return more != 0;
}

/* Whether this is a pass after the first. */
static bool
is_again(const struct run *r)
{
	return r->pass == PASS_AGAIN || r->pass == PASS_APPLY;
}

/* Whether this pass writes nothing. */
static bool
only_looks(const struct run *r)
{
	return r->pass == PASS_LOOK || r->pass == PASS_AGAIN;
}

static bool
from_spool(const struct run *r)
{
	return r->current != r->reader;
}

static struct doc *
new_doc(struct block *b, const struct record_range *p)
{
	return block_add(b, &(struct doc){ .block = b,
				.path = p->path,
				.place = p->ordinal + 1,
				.ordinal = b->first + b->nrecords });
}

/* At the end of a stage: with --tag, show its verdict to the next one. */
static void
end_stage(const struct run *r, struct doc *d)
{
	struct span old;

	if (!d->hits || d->hits->stage != d->stage || d->bad ||
	    !(r->env.tags >> d->stage & 1))
		return;
	if (doc_get(d, SPAN("drop"), &old) && old.p[0] != '[' && old.p[0] != 'n')
		doc_bad(d, "field 'drop' is not an array and would be lost: rename it, "
			   "or omit --tag");
	else
		doc_set_raw(d, SPAN("drop"), doc_merged_drops(d));
}

/* Move d to stage i.  Returns whether the stage sees it. */
static bool
enter_stage(const struct run *r, size_t i, struct doc *d)
{
	const struct stage *s = &r->stage[i];

	d->stage = i;
	if (!s->where_values || in_where(s, d))
		return true;
	d->unselected |= (uint32_t)1 << i;
	return s->setup.all_docs;
}

/*
 * The part of a stage that any thread may do.  The documents that it makes of d go
 * through the same later stages as d.
 */
static void
map_doc(/* NOLINT(misc-no-recursion): as deep as the chain has stages */
    struct run *r, size_t first, int thread, struct doc *d)
{
	for (size_t i = first; i < r->nstages && !d->bad && !d->dropped; i++) {
		const struct stage *s = &r->stage[i];
		struct doc *made;

		if (enter_stage(r, i, d)) {
			if (s->f->map)
				s->f->map(s->self, s->scratch[thread], d);
			if (!s->f->fold)
				end_stage(r, d);
		}
		for (made = s->f->fold ? NULL : d->made; made; made = made->next_made)
			if (made->stage == i)
				map_doc(r, i + 1, thread, made);
		if (s->f->fold)
			return;
	}
}

/* The last of several passes: only the last stage acts. */
static void
apply_doc(struct run *r, int thread, struct doc *d)
{
	const struct stage *s = &r->stage[r->nstages - 1];

	if (d->bad || d->dropped || !enter_stage(r, r->nstages - 1, d))
		return;
	s->f->apply(s->self, s->scratch[thread], d);
	end_stage(r, d);
}

/*
 * The work on a document that has just been read, up to the first fold.  A pass after the
 * first scans a document only when it needs a field or the text: the first pass has found
 * the bad documents, and the reader verifies that no file has changed.  The scan repairs,
 * so --on-bad=repair needs it in every pass.
 */
static void
begin_doc(struct run *r, int thread, struct doc *d)
{
	if (!is_again(r) || r->env.repair)
		doc_scan(d);
	if (is_again(r) && !d->bad)
		d->bad = bad_docs_find(&r->bad, d->ordinal);
	if (r->pass == PASS_APPLY)
		apply_doc(r, thread, d);
	else
		map_doc(r, r->pass == PASS_AGAIN ? r->nstages - 1 : 0, thread, d);
}

static void
parse_slice(struct run *r, struct block *b, struct file_slice *s, int thread)
{
	const void *self = from_spool(r) ? NULL : r->stage[0].self;
	const struct record_source *source = from_spool(r) ? &spool_source : r->source;
	struct doc *d;

	for (bool empty = s->empty; s->range.rest.n || empty; empty = false) {
		d = new_doc(b, &s->range);
		if (!source->next(self, r->stage[0].scratch[thread], &s->range, d))
			b->ndocs--;
		else
			begin_doc(r, thread, d);
		b->nrecords++;
	}
	if (s->damage) {
		d = new_doc(b, &s->range);
		b->nrecords++;
		d->bad = s->damage;
	} else if (s->overlong) {
		d = new_doc(b, &s->range);
		b->nrecords++;
		doc_bad_overlong(d, r->c.max_doc);
	} else if (s->bad && s->bad_as && r->env.repair) {
		counts_add(&b->counts, s->bad_as, 1);
	} else if (s->bad) {
		d = new_doc(b, &s->range);
		b->nrecords++;
		doc_bad(d, "byte %" PRIu64 ": %s", s->bad_at, s->bad);
	}
}

static int
step_parse(void *ctx, size_t arg, int thread, void *block)
{
	struct block *b = block;

	for (size_t i = 0; i < b->nslices; i++)
		parse_slice(ctx, b, &b->slice[i], thread);
	block_list_made(b);
	return 1;
}

static int
step_map(void *ctx, size_t first, int thread, void *block)
{
	struct block *b = block;

	for (size_t i = 0; i < b->ndocs; i++)
		map_doc(ctx, first, thread, &b->doc[i]);
	block_list_made(b);
	return 1;
}

static int
step_fold(void *ctx, size_t arg, int thread, void *block)
{
	struct run *r = ctx;
	struct block *b = block;
	const struct stage *s = &r->stage[arg];
	const bool renumber = r->pass == PASS_SPOOL && arg + 1 == r->nstages;

	for (size_t i = 0; i < b->ndocs; i++) {
		struct doc *d = &b->doc[i];

		if (d->bad || d->dropped)
			continue;
		if (renumber)
			d->ordinal = r->spooled++;
		if ((d->unselected >> arg & 1) && !s->setup.all_docs)
			continue;
		d->stage = arg;
		if (s->f->fold(s->self, d, r->err) < 0)
			return r->nstages > 1 ? err_prefix(r->err, s->f->name) : -1;
		end_stage(r, d);
	}
	return 1;
}

/* A bad record may not be JSON: the rejects contain it as a repaired string. */
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
	/* Include its newline if that follows in the block. */
	if (json.p >= b->data.p && json.p + json.n < data_end && json.p[json.n] == '\n') {
		whole->n++;
	} else {
		buf_put(&b->out, whole->p, whole->n);
		buf_putc(&b->out, '\n');
		*whole = (struct span){ b->data.p, 0 };
	}
}

/* Append one kept document.  whole: the unchanged records before it, not yet copied. */
static void
emit_doc(struct run *r, struct block *b, struct doc *d, struct span *whole)
{
	if (!d->edits && d->json.n && !r->split) {
		emit_verbatim(b, whole, d->json);
		return;
	}
	buf_put(&b->out, whole->p, whole->n);
	*whole = (struct span){ b->data.p, 0 };
	doc_emit(d, &b->out);
	d->written = b->out.n;
}

/* Whether more of d is to be written, or read, than its bytes as they are. */
static bool
needs_scan(const struct run *r, const struct doc *d)
{
	if (d->bad || only_looks(r))
		return false;
	return d->dropped ? r->rejects != NULL : d->edits || r->split || r->sink;
}

static int
step_emit(void *ctx, size_t arg, int thread, void *block)
{
	struct run *r = ctx;
	struct block *b = block;
	struct span whole = { b->data.p, 0 };

	b->out.n = b->rejects.n = 0;
	b->fatal = NULL;
	for (size_t i = 0; i < b->ndocs && !b->fatal; i++) {
		struct doc *d = &b->doc[i];

		if (needs_scan(r, d))
			doc_scan(d);
		if (d->bad && bad_is_fatal(r)) {
			b->fatal = d;
		} else if (only_looks(r)) {
			continue;
		} else if (d->bad) {
			if (r->rejects)
				reject_bad(d, &b->rejects);
		} else if (d->dropped) {
			if (!r->rejects)
				continue;
			doc_set_raw(d, SPAN("drop"), doc_drops(d));
			doc_emit(d, &b->rejects);
		} else if (r->pass == PASS_SPOOL) {
			spool_put(d, &b->out);
		} else if (!r->sink) {
			emit_doc(r, b, d, &whole);
		}
	}
	if (b->out.n)
		buf_put(&b->out, whole.p, whole.n);
	b->result = b->out.n ? buf_span(&b->out) : whole;
	return 1;
}

/* The share of the input that this pass has read, 0 to 1; 0: unknown. */
static double
share_read(const struct run *r)
{
	uint64_t bytes = reader_position(r->current);
	size_t n;

	if (from_spool(r) || r->input_bytes_total == 0)
		return 0;
	reader_inputs(r->reader, &n);
	for (size_t i = 0; i < n; i++)
		bytes += r->input_bytes[i];
	return bytes < r->input_bytes_total ? (double)bytes / (double)r->input_bytes_total
					    : 1;
}

static void
show_progress(struct run *r)
{
	const double s = progress_seconds(&r->progress) - r->pass_start,
		     bytes = (double)reader_bytes(r->current), share = share_read(r);
	struct buf b = { 0 };

	if (share > 0)
		buf_putf(&b, "%.0f%%  ", share * 100);
	num_put_si(&b, bytes, "B  ");
	num_put_si(&b, s > 0 ? bytes / s : 0, "B/s  ");
	num_put_si(&b, (double)r->tally.read, "docs");
	buf_putf(&b, "  %.1f%% dropped",
	    r->tally.read ? 100.0 * (double)r->tally.dropped / (double)r->tally.read
			  : 0.0);
	if (run_npasses(r) > 1)
		buf_putf(&b, "  pass %u of %u", r->pass_number, run_npasses(r));
	if (share > 0) {
		buf_puts(&b, "  ");
		progress_put_time(&b, s / share - s);
		buf_puts(&b, " left");
	}
	buf_putc(&b, '\0');
	progress_line(&r->progress, "%s: %s", r->command, b.p);
	buf_free(&b);
}

/* Write the document at `from` in the block's out to the file of its value. */
static int
write_split(struct run *r, struct block *b, struct doc *d, size_t *from)
{
	const struct span line = { b->out.p + *from, d->written - *from };
	struct span key;

	if (!doc_str(d, r->split_key, &key))
		key = SPAN("");
	*from = d->written;
	return split_put(r->split, key, line, r->err);
}

/* Count d.  Returns whether it is to be written. */
static bool
tally_doc(struct run *r, const struct doc *d)
{
	const bool ends = d->bad || d->dropped || r->pass != PASS_SPOOL;

	if (from_spool(r))
		tally_hits(&r->tally, d);
	else
		tally_seen(&r->tally, d);
	if (ends)
		tally_ended(&r->tally, d);
	return !d->bad && !d->dropped && r->pass != PASS_SPOOL;
}

static int
write_docs(struct run *r, struct block *b)
{
	const struct stage *last = &r->stage[r->nstages - 1];
	size_t from = 0;

	for (size_t i = 0; i < b->ndocs && &b->doc[i] != b->fatal; i++) {
		struct doc *d = &b->doc[i];

		if (!tally_doc(r, d))
			continue;
		d->stage = r->nstages - 1;
		if (r->sink && r->sink->write(last->self, d, r->err) < 0)
			return -1;
		if (r->split && write_split(r, b, d, &from) < 0)
			return -1;
	}
	for (size_t i = 0; i < b->counts.n; i++)
		counts_add(&r->tally.counts, b->counts.v[i].what, b->counts.v[i].n);
	return 0;
}

/* The bytes of a block, to the spool or to the output. */
static int
write_result(struct run *r, struct block *b)
{
	if (b->result.n == 0)
		return 0;
	if (r->pass == PASS_SPOOL)
		return spool_write(r->spool, b->result, r->err);
	if (!r->out)
		return 0;
	hasher_add(r->tally.hasher, b->result);
	r->tally.out_bytes += b->result.n;
	return out_write(r->out, b->result, r->err);
}

static int
write_rejects(struct run *r, struct block *b)
{
	return r->rejects ? out_write(r->rejects, buf_span(&b->rejects), r->err) : 0;
}

/* Free buffers that an oversized document grew, or every slot would keep them. */
static void
shrink(struct block *b)
{
	enum { KEEP = 8 << 20 };
	struct buf *grown[] = { &b->data, &b->out, &b->rejects, &b->scratch };

	for (size_t i = 0; i < sizeof grown / sizeof *grown; i++)
		if (grown[i]->cap > KEEP)
			buf_free(grown[i]);
	if (b->fields.cap > KEEP / sizeof *b->fields.v) {
		free(b->fields.v);
		b->fields = (struct json_fields){ 0 };
	}
	arena_reset(&b->mem);
}

/* Stop the run at a bad document. */
static int
stop_at(struct run *r, const struct block *b)
{
	r->fatal_path = b->fatal->path;
	for (size_t i = 0; i < b->nslices; i++)
		if (b->slice[i].range.path == r->fatal_path)
			r->fatal_offset = b->slice[i].range.offset;
	return err_set(r->err, EXIT_DATA, "%s", b->fatal->bad);
}

static int
step_write(void *ctx, size_t arg, int thread, void *block)
{
	struct run *r = ctx;
	struct block *b = block;

	for (size_t i = 0; only_looks(r) && i < b->ndocs; i++)
		if (b->doc[i].bad && &b->doc[i] != b->fatal)
			bad_docs_add(&r->bad, b->doc[i].ordinal, b->doc[i].bad);
	if (!only_looks(r) &&
	    (write_docs(r, b) < 0 || write_result(r, b) < 0 || write_rejects(r, b) < 0))
		return -1;
	if (b->fatal)
		return stop_at(r, b);
	if (r->tally.bad > r->c.max_bad)
		return err_set(r->err, EXIT_DATA,
		    "%" PRIu64 " bad record%s, --max-bad is %" PRIu64, r->tally.bad,
		    plural(r->tally.bad), r->c.max_bad);
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

/* A bad document can be a symptom of damage to its file: then report the damage. */
static void
explain(struct run *r)
{
	struct err why = { 0 };

	if (r->fatal_path &&
	    reader_damaged(r->current, r->fatal_path, r->fatal_offset, &why))
		*r->err = why;
}

/* A step for each serial or parallel part of the stages that this pass runs. */
int
run_pass(struct run *r)
{
	const size_t first = r->pass == PASS_APPLY   ? r->nstages
			     : r->pass == PASS_AGAIN ? r->nstages - 1
						     : 0;
	struct pipe_step step[2 * MAX_STAGES + 4];
	struct pipe_ops ops = { .step = step, .ctx = r, .bytes = block_bytes };
	void *blocks[MAX_BLOCKS];
	size_t n = 0;

	step[n++] = (struct pipe_step){ true, step_read, 0 };
	step[n++] = (struct pipe_step){ false, step_parse, 0 };
	for (size_t i = first; i < r->nstages; i++) {
		if (!r->stage[i].f->fold)
			continue;
		step[n++] = (struct pipe_step){ true, step_fold, i };
		if (i + 1 < r->nstages)
			step[n++] = (struct pipe_step){ false, step_map, i + 1 };
	}
	step[n++] = (struct pipe_step){ false, step_emit, 0 };
	step[n++] = (struct pipe_step){ true, step_write, 0 };
	ops.nsteps = n;
	r->pass_start = progress_seconds(&r->progress);
	ops.max_bytes = (size_t)r->c.threads * ((size_t)8 << 20);
	for (size_t i = 0; i < r->nblocks; i++)
		blocks[i] = &r->block[i];
	if (pipe_run(&ops, (int)r->c.threads, blocks, r->nblocks) < 0) {
		explain(r);
		return -1;
	}
	if (r->read_err.code) {
		*r->err = r->read_err;
		return -1;
	}
	return 0;
}
