/* compose.c - writes one shard of a run, in slabs of samples that fit into memory. */
#include "mixer/mix/compose.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/io/publish.h"
#include "mixer/mix/doc_align.h"
#include "mixer/plan/decimal.h"
#include "shards/tshard/tshard_align.h"
#include "shards/tshard_err.h"

/* Maps a document to its row of DOC in the shard.  Open addressing on (source, row). */
struct doc_rows {
	uint64_t *key; /* (source << 48 | row in the source) + 1; 0: free */
	uint32_t *row;
	size_t n, cap; /* cap: a power of two */
};

/* A sample of the slab. */
struct slab_sample {
	struct sample_pos at;
	uint64_t number; /* in training order of its source and length class */
	uint32_t slot;
};

struct composer {
	const struct mix_run *run;
	struct gatherer *gatherer;
	struct tshard_writer *w;
	struct doc_rows rows;
	uint16_t *order; /* source of each sample of the shard */
	uint64_t order_cap;
	uint64_t *number; /* of the next sample of each source */
	struct samples slab;
	struct slab_sample *pick; /* samples of the slab */
	struct sample_request *request;
	uint32_t *slots;
	uint32_t pick_cap;
	uint64_t *cost; /* memory per sample of each source, in bytes */
	bool fetch;	/* the samples of the shard are scattered */
};

/* ---- documents of the shard ---- */

static uint64_t
hash_key(uint64_t v)
{
	v *= UINT64_C(0x9e3779b97f4a7c15);
	return v ^ v >> 32;
}

static size_t
doc_rows_find(const struct doc_rows *r, uint64_t key)
{
	size_t i = (size_t)hash_key(key) & (r->cap - 1);

	while (r->key[i] != 0 && r->key[i] != key)
		i = (i + 1) & (r->cap - 1);
	return i;
}

static void
doc_rows_grow(struct doc_rows *r)
{
	struct doc_rows old = *r;

	r->cap = old.cap ? 2 * old.cap : 4096;
	r->key = xcalloc(r->cap, sizeof *r->key);
	r->row = xcalloc(r->cap, sizeof *r->row);
	for (size_t i = 0; i < old.cap; i++)
		if (old.key[i] != 0) {
			size_t k = doc_rows_find(r, old.key[i]);

			r->key[k] = old.key[i];
			r->row[k] = old.row[i];
		}
	free(old.key);
	free(old.row);
}

static int
add_document(struct composer *c, uint16_t s, const struct sample_segment *t,
    uint32_t *row, struct err *err)
{
	const char *id = c->slab.text.p + t->text;
	struct tshard_error e = { 0 };
	struct tshard_doc d = { .ordinal = t->doc,
		.tokens = t->whole,
		.source = s,
		.language = t->language };

	memcpy(d.id_hash, t->id_hash, sizeof d.id_hash);
	if (!c->run->ids)
		id = "";
	return tshard_writer_add_doc(
		   c->w, &d, id, t->id_bytes, id + t->id_bytes, t->url_bytes, row, &e) < 0
		   ? err_tshard(err, &e)
		   : 0;
}

/* The DOC row of a segment's document, which is added on first use. */
static int
document_row(struct composer *c, uint16_t s, const struct sample_segment *t,
    uint32_t *row, struct err *err)
{
	struct doc_rows *r = &c->rows;
	uint64_t key = ((uint64_t)s << 48 | t->doc) + 1;
	size_t i;

	if (2 * r->n >= r->cap)
		doc_rows_grow(r);
	i = doc_rows_find(r, key);
	if (r->key[i] == 0) {
		if (add_document(c, s, t, &r->row[i], err) < 0)
			return -1;
		r->key[i] = key;
		r->n++;
	}
	*row = r->row[i];
	return 0;
}

/* ---- from memory to the shard ---- */

/* The writer refused tokens: if one is not below the vocabulary size, name its shard. */
static int
explain_refused(const struct composer *c, const struct sample_buf *s,
    const struct sample_segment *t, const unsigned char *tokens,
    const struct tshard_error *e, struct err *err)
{
	const struct resolved *rp = c->run->rp;
	const struct resolved_source *src = &rp->source[s->source];
	uint64_t row = t->doc;
	uint32_t input = 0;

	while (input + 1 < src->ninputs && row >= src->input[input].rows)
		row -= src->input[input++].rows;
	for (uint32_t i = 0; i < t->tokens; i++, tokens += c->slab.width) {
		uint32_t id = tokens[0] | (uint32_t)tokens[1] << 8;

		if (c->slab.width == 4)
			id |= (uint32_t)tokens[2] << 16 | (uint32_t)tokens[3] << 24;
		if (id >= rp->vocab)
			return err_set(err, EXIT_DATA,
			    "%s: document %" PRIu64 ", token %" PRIu32 ": id %" PRIu32
			    " exceeds the vocabulary of %" PRIu32
			    ": encode it again with the model of the other shards",
			    src->input[input].path, row, t->offset + i, id, rp->vocab);
	}
	return err_tshard(err, e);
}

/* End a segment: its targets, pair and labels, and padding before the next one. */
static int
put_align(struct composer *c, const struct sample_buf *s, const struct sample_segment *t,
    uint32_t *at, struct tshard_error *e)
{
	const struct resolved *rp = c->run->rp;
	const char *align = c->slab.text.p + t->text + t->id_bytes + t->url_bytes;
	uint32_t gap = (uint32_t)resolved_slot(rp, t->tokens) - t->tokens;

	*at += t->tokens;
	if (doc_align_put(
		c->w, rp, t->tokens, (struct span){ align, t->align_bytes }, e) < 0)
		return -1;
	if (gap == 0 || t->link == SAMPLES_NO_SEGMENT)
		return 0;
	*at += gap;
	return tshard_writer_gap(c->w, s->source, s->epoch, gap, e);
}

static int
put_sample(struct composer *c, uint32_t slot, struct err *err)
{
	const struct sample_buf *s = &c->slab.sample[slot];
	const unsigned char *tokens = s->tokens;
	struct tshard_error e = { 0 };
	uint32_t at = 0; /* tokens of the sample so far */

	for (uint32_t i = s->first; i != SAMPLES_NO_SEGMENT;) {
		const struct sample_segment *t = &c->slab.segment[i];
		struct tshard_seg seg = { .offset = t->offset,
			.source = s->source,
			.epoch = t->epoch,
			.flags = t->flags };

		if (document_row(c, s->source, t, &seg.row, err) < 0)
			return -1;
		if (tshard_writer_segment(c->w, &seg, &e) < 0)
			return err_tshard(err, &e);
		if (tshard_writer_put_raw(c->w, tokens, t->tokens, &e) < 0)
			return explain_refused(c, s, t, tokens, &e, err);
		if (put_align(c, s, t, &at, &e) < 0)
			return err_tshard(err, &e);
		tokens += (size_t)t->tokens * c->slab.width;
		i = t->link;
	}
	if ((at < c->slab.seq && tshard_writer_pad(c->w, s->source, s->epoch, &e) < 0) ||
	    tshard_writer_end_sample(c->w, s->next, &e) < 0)
		return err_tshard(err, &e);
	return 0;
}

/* ---- slabs ---- */

static int
by_pos(const void *a, const void *b)
{
	const struct sample_pos *x = &((const struct slab_sample *)a)->at,
				*y = &((const struct slab_sample *)b)->at;

	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	if (x->part != y->part)
		return x->part < y->part ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* Gather from the documents, in the order in which the shards store them. */
static int
gather_slab(struct composer *c, uint32_t n, struct err *err)
{
	struct sample_order *o = gatherer_order(c->gatherer);

	for (uint32_t i = 0; i < n; i++) {
		struct slab_sample *d = &c->pick[i];

		d->at = sample_order_pos(o, d->at.source, d->at.len_class, d->number);
	}
	qsort(c->pick, n, sizeof *c->pick, by_pos);
	for (uint32_t i = 0, k; i < n; i = k) {
		const struct sample_pos *at = &c->pick[i].at;

		for (k = i; k < n && c->pick[k].at.source == at->source &&
			    c->pick[k].at.part == at->part;
		     k++)
			c->request[k - i] = (struct sample_request){ c->pick[k].at.index,
				c->pick[k].slot };
		if (gather(c->gatherer, at->source, at->len_class, at->part, c->request,
			k - i, &c->slab, err) < 0)
			return -1;
	}
	return 0;
}

static int
by_number(const void *a, const void *b)
{
	const struct slab_sample *x = a, *y = b;

	if (x->at.source != y->at.source)
		return x->at.source < y->at.source ? -1 : 1;
	return x->slot < y->slot ? -1 : x->slot > y->slot;
}

/* Fetch from the scatter files; the samples of a source are consecutive. */
static int
fetch_slab(struct composer *c, uint32_t n, struct err *err)
{
	qsort(c->pick, n, sizeof *c->pick, by_number);
	for (uint32_t i = 0, k; i < n; i = k) {
		const struct slab_sample *d = &c->pick[i];

		for (k = i; k < n && c->pick[k].at.source == d->at.source; k++)
			c->slots[k - i] = c->pick[k].slot;
		if (scatter_fetch(c->run->scatter, d->at.source, d->at.len_class,
			d->number, k - i, c->slots, &c->slab, err) < 0)
			return -1;
	}
	return 0;
}

/*
 * Write samples of the shard from `first` on, as many as fit into memory.  *n is set to
 * their number.
 */
static int
put_slab(struct composer *c, uint32_t len_class, uint64_t first, uint64_t left,
    uint32_t *n, struct err *err)
{
	const struct resolved *rp = c->run->rp;
	uint64_t bytes = 0;

	*n = 0;
	while (*n < left && *n < UINT32_MAX / 2) {
		uint16_t s = c->order[first + *n];

		bytes += c->cost[s];
		if (*n > 0 && bytes > c->run->memory)
			break;
		if (*n == c->pick_cap) {
			c->pick_cap = c->pick_cap ? 2 * c->pick_cap : 1024;
			c->pick = xrealloc(c->pick, c->pick_cap, sizeof *c->pick);
			c->request =
			    xrealloc(c->request, c->pick_cap, sizeof *c->request);
			c->slots = xrealloc(c->slots, c->pick_cap, sizeof *c->slots);
		}
		c->pick[*n] =
		    (struct slab_sample){ .at = { .source = s, .len_class = len_class },
			    .number = c->number[s]++,
			    .slot = *n };
		++*n;
	}
	samples_begin(&c->slab, rp->class_seq[len_class], tshard_width(rp->vocab), *n);
	if ((c->fetch ? fetch_slab(c, *n, err) : gather_slab(c, *n, err)) < 0)
		return -1;
	for (uint32_t i = 0; i < *n; i++)
		if (put_sample(c, i, err) < 0)
			return -1;
	return 0;
}

/* ---- shards ---- */

struct composer *
composer_new(const struct mix_run *r)
{
	struct composer *c = xcalloc(1, sizeof *c);

	c->run = r;
	c->gatherer = gatherer_new(r->store, r->parts, r->ids);
	c->number = xcalloc(r->rp->nsources, sizeof *c->number);
	c->cost = xcalloc(r->rp->nsources, sizeof *c->cost);
	return c;
}

int
compose_job(struct composer *c, size_t i, struct err *err)
{
	return scatter_do(c->run->scatter, i, c->gatherer, &c->slab, err);
}

void
composer_free(struct composer *c)
{
	if (!c)
		return;
	gatherer_free(c->gatherer);
	samples_free(&c->slab);
	free(c->rows.key);
	free(c->rows.row);
	free(c->order);
	free(c->number);
	free(c->pick);
	free(c->request);
	free(c->slots);
	free(c->cost);
	free(c);
}

int
mix_shard_prefix(
    const struct mix_run *r, uint64_t no, char *out, size_t n, struct err *err)
{
	if (tshard_run_prefix(r->dir, (uint32_t)no, out, n) == 0)
		return 0;
	return err_set(err, EXIT_USAGE,
	    "'%s' is too long, the limit is %zu bytes: choose a shorter directory name",
	    r->dir, n - sizeof "/shard-4294967295");
}

/* Readers find padding by its segments, so in conversations any token will do. */
static uint32_t
pad_token(const struct resolved *rp)
{
	uint32_t pad = rp->pad != TSHARD_NONE ? rp->pad : rp->eod;

	if (pad == TSHARD_NONE && resolved_kind(rp) != TSHARD_SAMPLES)
		pad = rp->bos != TSHARD_NONE ? rp->bos : 0;
	return pad;
}

struct tshard_facts
mix_shard_facts(const struct mix_run *r, uint64_t no)
{
	const struct resolved *rp = r->rp;
	struct tshard_facts f = {
		.kind = resolved_kind(rp),
		.vocab = rp->vocab,
		.seq_len = resolved_phase_of(rp, no)->seq,
		.eod = rp->eod,
		.pad = pad_token(rp),
		.bos = rp->bos,
		.first_sample = resolved_shard_first(rp, no),
		.run_samples = rp->samples,
		.shard_no = (uint32_t)no,
		.shard_count = (uint32_t)rp->nshards,
		.seed = rp->seed,
		.ids = r->ids,
		.force = 1, /* rundir_prepare has checked the directory */
		.temporary = temporary_note,
	};

	memcpy(f.tokenizer, rp->tokenizer, sizeof f.tokenizer);
	memcpy(f.plan, r->plan, sizeof f.plan);
	memcpy(f.run_id, r->plan, sizeof f.run_id);
	return f;
}

static int
open_writer(struct composer *c, uint64_t no, struct err *err)
{
	const struct mix_run *r = c->run;
	const struct tshard_align align = { .mask = r->rp->mask,
		.pairs = r->rp->pairs,
		.labels = r->rp->label,
		.n_labels = r->rp->nlabels };
	struct tshard_facts f = mix_shard_facts(r, no);
	struct tshard_error e = { 0 };
	char prefix[4096];

	if (mix_shard_prefix(r, no, prefix, sizeof prefix, err) < 0)
		return -1;
	if (tshard_writer_open(&c->w, prefix, &f, &e) < 0 ||
	    tshard_writer_align(c->w, &align, &e) < 0 ||
	    tshard_writer_sources(c->w, r->src, r->rp->nsources, &e) < 0 ||
	    tshard_writer_meta(c->w, r->meta.p, r->meta.n, &e) < 0)
		return err_tshard(err, &e);
	return 0;
}

/* Determine the source of each sample, and the first sample of each source. */
static int
begin_shard(struct composer *c, uint64_t no, struct err *err)
{
	const struct resolved *rp = c->run->rp;
	const struct resolved_phase *ph = resolved_phase_of(rp, no);
	uint32_t k = (uint32_t)(ph - rp->phase), width = tshard_width(rp->vocab);
	const uint64_t *at = rp->at + no * rp->nsources;
	const uint64_t *begin = rp->at + ph->first_shard * rp->nsources;
	uint64_t n = resolved_shard_samples(rp, no);

	c->fetch = c->run->scatter && no >= c->run->scatter->first_shard;
	if (n > c->order_cap) {
		c->order = xrealloc(c->order, (size_t)n, sizeof *c->order);
		c->order_cap = n;
	}
	if (!resolved_order(rp, no, c->order))
		return err_set(err, EXIT_DATA,
		    "plan.lock: counts at shard %" PRIu64
		    " do not follow from the weights: regenerate it with 'tamis plan -o'",
		    no);
	for (uint32_t s = 0; s < rp->nsources; s++) {
		c->number[s] = epoch_parts_before(c->run->parts, s, k) + at[s] - begin[s];
		c->cost[s] = samples_cost(&rp->source[s], ph->seq, width, c->run->ids);
	}
	if (c->rows.cap > 0)
		memset(c->rows.key, 0, c->rows.cap * sizeof *c->rows.key);
	c->rows.n = 0;
	return 0;
}

int
compose(struct composer *c, uint64_t no, struct err *err)
{
	const struct resolved *rp = c->run->rp;
	struct tshard_error e = { 0 };
	uint64_t n = resolved_shard_samples(rp, no);
	uint32_t took;
	int rc = -1;

	c->w = NULL;
	if (begin_shard(c, no, err) < 0 || open_writer(c, no, err) < 0)
		goto out;
	for (uint64_t i = 0; i < n; i += took)
		if (put_slab(c, resolved_phase_of(rp, no)->len_class, i, n - i, &took,
			err) < 0)
			goto out;
	rc = tshard_writer_commit(c->w, NULL, &e) < 0 ? err_tshard(err, &e) : 0;
	c->w = NULL;
out:
	tshard_writer_abort(c->w);
	c->w = NULL;
	return rc;
}
