/* compose.c - one shard of a run: its samples gathered from the sources. */
#include "mixer/compose.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/stream.h"
#include "mixer/decimal.h"
#include "mixer/permute.h"

/* Which row of DOC a document has in the shard: open addressing on (source, document). */
struct rows {
	uint64_t *key; /* source << 48 | document, plus 1; 0: free */
	uint32_t *row;
	size_t n, cap; /* cap: a power of two */
};

/* The permutation of a source's epoch, kept while it lasts. */
struct order {
	uint64_t epoch;
	uint64_t first; /* sample that begins in it */
	bool known;
	struct permute permute;
};

struct composer {
	const struct run *run;
	struct pool_reader *reader;
	struct tshard_writer *w;
	struct rows rows;
	struct order *order;   /* one a source */
	uint64_t *count;       /* samples of each source so far */
	unsigned char *tokens; /* of one sample, and one more */
	unsigned char *behind; /* the one behind what was put last, if `more` */
	bool more;
	uint32_t width; /* bytes of a token */
};

static int
from_tshard(struct err *err, const struct tshard_error *e)
{
	return err_set(err, e->code, "%s", e->msg);
}

/* ---- documents of the shard ---- */

static uint64_t
scatter(uint64_t v)
{
	v *= UINT64_C(0x9e3779b97f4a7c15);
	return v ^ v >> 32;
}

static size_t
rows_slot(const struct rows *r, uint64_t key)
{
	size_t i = (size_t)scatter(key) & (r->cap - 1);

	while (r->key[i] != 0 && r->key[i] != key)
		i = (i + 1) & (r->cap - 1);
	return i;
}

static void
rows_grow(struct rows *r)
{
	struct rows old = *r;

	r->cap = old.cap ? 2 * old.cap : 4096;
	r->key = xcalloc(r->cap, sizeof *r->key);
	r->row = xcalloc(r->cap, sizeof *r->row);
	for (size_t i = 0; i < old.cap; i++)
		if (old.key[i] != 0) {
			size_t k = rows_slot(r, old.key[i]);

			r->key[k] = old.key[i];
			r->row[k] = old.row[i];
		}
	free(old.key);
	free(old.row);
}

static int
add_document(struct composer *c, uint32_t s, const struct place *at, uint32_t *row,
    struct err *err)
{
	struct tshard_doc d = at->d;
	struct tshard_error e = { 0 };
	char *id = NULL, *url = NULL;
	int rc = 0;

	d.ordinal = at->doc;
	d.source = (uint16_t)s;
	if (c->run->ids && tshard_docid(at->shard, at->row, &id, &url, &e) < 0)
		return from_tshard(err, &e);
	if (tshard_writer_add_doc(c->w, &d, id ? id : "", id ? strlen(id) : 0, url,
		url ? strlen(url) : 0, row, &e) < 0)
		rc = from_tshard(err, &e);
	free(id);
	return rc;
}

/* The row of the document at a place; it gets one when it is met first. */
static int
document_row(struct composer *c, uint32_t s, const struct place *at, uint32_t *row,
    struct err *err)
{
	struct rows *r = &c->rows;
	uint64_t key = ((uint64_t)s << 48 | at->doc) + 1;
	size_t i;

	if (2 * r->n >= r->cap)
		rows_grow(r);
	i = rows_slot(r, key);
	if (r->key[i] == 0) {
		if (add_document(c, s, at, &r->row[i], err) < 0)
			return -1;
		r->key[i] = key;
		r->n++;
	}
	*row = r->row[i];
	return 0;
}

/* ---- samples ---- */

static struct order *
order_of(const struct lock *l, uint32_t s, uint64_t i, struct order *o)
{
	const struct lock_source *src = &l->source[s];
	/* An epoch's samples are those whose first token lies in it. */
	uint64_t epoch = muldiv(i, l->seq, src->tokens), first, end;

	if (o->known && o->epoch == epoch)
		return o;
	first = muldiv_up(epoch, src->tokens, l->seq);
	end = muldiv_up(epoch + 1, src->tokens, l->seq);
	*o = (struct order){ .epoch = epoch, .first = first, .known = true };
	permute_init(&o->permute, end - first, l->seed, span_of(src->name), epoch);
	return o;
}

static uint64_t
order_at(const struct lock *l, uint32_t s, uint64_t i, struct order *o)
{
	order_of(l, s, i, o);
	return o->first + permute_at(&o->permute, i - o->first);
}

uint64_t
stream_sample(const struct lock *l, uint32_t s, uint64_t i)
{
	struct order o = { 0 };

	return order_at(l, s, i, &o);
}

/* Tokens [at, at + n) of one epoch of source s: segments into the shard. */
static int
put_stretch(struct composer *c, uint32_t s, uint64_t epoch, uint64_t at, uint64_t n,
    struct err *err)
{
	struct tshard_error e = { 0 };
	struct place pl;
	unsigned char *to = c->tokens;

	while (n > 0) {
		uint64_t take, run;

		if (pool_find(c->reader, s, at, &pl, err) < 0)
			return -1;
		take = pl.left < n ? pl.left : n;
		/* One more where there is one: most often it is NEXT. */
		c->more = pl.left > take;
		if (tshard_tokens_raw(
			pl.shard, pl.token, (size_t)take + c->more, to, &e) < 0)
			return from_tshard(err, &e);
		c->behind = to + take * c->width;
		n -= take;
		at += take;
		for (; take > 0; take -= run) {
			struct tshard_seg seg = { .offset = pl.offset,
				.source = (uint16_t)s,
				.epoch = (uint8_t)epoch };
			uint64_t rest = pl.d.tokens - pl.offset;

			run = rest < take ? rest : take;
			if (document_row(c, s, &pl, &seg.row, err) < 0)
				return -1;
			if (tshard_writer_segment(c->w, &seg, &e) < 0 ||
			    tshard_writer_put_raw(c->w, to, (size_t)run, &e) < 0)
				return from_tshard(err, &e);
			to += run * c->width;
			if (run < take && pool_next(c->reader, &pl, err) < 0)
				return -1;
		}
	}
	return 0;
}

/* The token at place `at` of a source's stream, which is behind what was put last. */
static int
token_behind(struct composer *c, uint32_t s, uint64_t at, uint32_t *out, struct err *err)
{
	struct tshard_error e = { 0 };
	struct place pl;

	if (c->more) {
		*out = 0;
		for (uint32_t i = 0; i < c->width; i++)
			*out |= (uint32_t)c->behind[i] << 8 * i;
		return 0;
	}
	if (pool_find(c->reader, s, at % c->run->l->source[s].tokens, &pl, err) < 0)
		return -1;
	return tshard_tokens(pl.shard, pl.token, 1, out, &e) < 0 ? from_tshard(err, &e)
								 : 0;
}

static int
put_sample(struct composer *c, uint32_t s, struct err *err)
{
	const struct lock *l = c->run->l;
	const struct lock_source *src = &l->source[s];
	struct tshard_error e = { 0 };
	uint64_t at = order_at(l, s, c->count[s]++, &c->order[s]) * l->seq;
	uint64_t end = lock_end(src), left = l->seq;
	uint32_t next = TSHARD_NONE;

	while (left > 0 && at < end) {
		uint64_t epoch = at / src->tokens, in = at % src->tokens;
		uint64_t n = src->tokens - in < left ? src->tokens - in : left;

		if (put_stretch(c, s, epoch, in, n, err) < 0)
			return -1;
		at += n;
		left -= n;
	}
	if (left > 0) {
		if (tshard_writer_pad(
			c->w, (uint16_t)s, (uint8_t)((end - 1) / src->tokens), &e) < 0)
			return from_tshard(err, &e);
	} else if (at < end && token_behind(c, s, at, &next, err) < 0) {
		return -1;
	}
	return tshard_writer_end_sample(c->w, next, &e) < 0 ? from_tshard(err, &e) : 0;
}

/* ---- shards ---- */

struct composer *
composer_new(const struct run *r)
{
	const struct lock *l = r->l;
	struct composer *c = xcalloc(1, sizeof *c);

	c->run = r;
	c->width = l->vocab <= 65536 ? 2 : 4;
	c->reader = pool_reader_new(r->pool);
	c->order = xcalloc(l->nsources, sizeof *c->order);
	c->count = xcalloc(l->nsources, sizeof *c->count);
	c->tokens = xmalloc(xmul(l->seq + (size_t)1, c->width));
	return c;
}

void
composer_free(struct composer *c)
{
	if (!c)
		return;
	pool_reader_free(c->reader);
	free(c->rows.key);
	free(c->rows.row);
	free(c->order);
	free(c->count);
	free(c->tokens);
	free(c);
}

static int
open_writer(struct composer *c, uint64_t no, struct err *err)
{
	const struct run *r = c->run;
	const struct lock *l = r->l;
	struct tshard_error e = { 0 };
	char prefix[4096];
	struct tshard_facts f = {
		.kind = TSHARD_SAMPLES,
		.vocab = l->vocab,
		.seq_len = l->seq,
		.eod = l->eod,
		.pad = l->pad != TSHARD_NONE ? l->pad : l->eod,
		.bos = l->bos,
		.first_sample = no * l->shard,
		.run_samples = l->samples,
		.shard_no = (uint32_t)no,
		.shard_count = (uint32_t)l->nshards,
		.seed = l->seed,
		.ids = r->ids,
		.force = 1, /* rundir_prepare has decided */
		.temporary = temporary_note,
	};

	memcpy(f.tokenizer, l->tokenizer, sizeof f.tokenizer);
	memcpy(f.plan, r->plan, sizeof f.plan);
	memcpy(f.run_id, r->plan, sizeof f.run_id);
	if (tshard_run_prefix(r->dir, f.shard_no, prefix, sizeof prefix) < 0)
		return err_set(err, EXIT_USAGE,
		    "'%s' is too long a name: choose a shorter one", r->dir);
	if (tshard_writer_open(&c->w, prefix, &f, &e) < 0 ||
	    tshard_writer_sources(c->w, r->src, l->nsources, &e) < 0 ||
	    tshard_writer_meta(c->w, r->meta.p, r->meta.n, &e) < 0)
		return from_tshard(err, &e);
	return 0;
}

int
compose(struct composer *c, uint64_t no, const uint16_t *order, const uint64_t *count,
    struct err *err)
{
	const struct lock *l = c->run->l;
	struct tshard_error e = { 0 };
	uint64_t n = lock_shard_samples(l, no);
	int rc = -1;

	memcpy(c->count, count, l->nsources * sizeof *count);
	if (c->rows.cap > 0)
		memset(c->rows.key, 0, c->rows.cap * sizeof *c->rows.key);
	c->rows.n = 0;
	c->w = NULL;
	if (open_writer(c, no, err) < 0)
		goto out;
	for (uint64_t i = 0; i < n; i++)
		if (put_sample(c, order[i], err) < 0)
			goto out;
	rc = tshard_writer_commit(c->w, NULL, &e) < 0 ? from_tshard(err, &e) : 0;
	c->w = NULL;
out:
	tshard_writer_abort(c->w);
	c->w = NULL;
	return rc;
}
