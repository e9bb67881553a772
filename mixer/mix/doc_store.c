/* doc_store.c - reads the documents of all sources, by token offset or document
 * number.
 */
#include "mixer/mix/doc_store.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "mixer/mix/doc_align.h"
#include "mixer/mix/docindex.h"
#include "mixer/plan/upsample.h"
#include "shards/shard_inputs.h"
#include "shards/tshard_err.h"

enum {
	STRIDE = DOCINDEX_STRIDE,
	BLOCK = DOCINDEX_BLOCK,
	AHEAD = 16 * BLOCK, /* largest read */
	WINDOW = AHEAD + BLOCK,
};

struct stored_input {
	const struct resolved_input *plan;
	struct docindex *index; /* built when the shard is first opened */
};

struct doc_stream {
	struct stored_input *input;
	uint64_t *row;		 /* [i]: rows of the source before input i */
	uint64_t *docs, *tokens; /* [r * (n + 1) + i]: of repeat r before input i */
	uint32_t n;
};

struct doc_store {
	const struct resolved *rp;
	const char *root;
	struct doc_stream *stream; /* one per source */
	pthread_mutex_t mutex;	   /* protects the indexes */
	unsigned flags;		   /* for tshard_open */
};

struct doc_reader {
	struct doc_store *store;
	bool ids;
	uint32_t source, repeat, input; /* input: UINT32_MAX: none is open */
	struct tshard *shard;
	struct docindex *index;
	uint64_t chunk;	 /* the one loaded; UINT64_MAX: none */
	uint32_t row, n; /* within the chunk */
	struct tshard_doc docs[STRIDE];
	uint32_t copies[STRIDE];
	uint64_t start[STRIDE]; /* first token in the payload */
	char *text;		/* ids and URLs */
	uint64_t text_at[2 * STRIDE + 1];
	struct buf align; /* of the current document */
	struct doc_align_hint hint;
	unsigned char *window; /* tokens of the payload */
	uint64_t window_first, window_tokens;
	uint32_t width; /* bytes per token */
};

/* ---- sources ---- */

static void
stream_init(struct doc_stream *st, const struct resolved_source *s)
{
	st->n = s->ninputs;
	st->input = xcalloc(st->n, sizeof *st->input);
	st->row = xcalloc(st->n + (size_t)1, sizeof *st->row);
	st->docs = xcalloc(xmul(s->nrepeats, st->n + (size_t)1), sizeof *st->docs);
	st->tokens = xcalloc(xmul(s->nrepeats, st->n + (size_t)1), sizeof *st->tokens);
	for (uint32_t i = 0; i < st->n; i++) {
		st->input[i].plan = &s->input[i];
		st->row[i + 1] = st->row[i] + s->input[i].rows;
	}
	for (uint32_t r = 0; r < s->nrepeats; r++)
		for (uint32_t i = 0; i < st->n; i++) {
			size_t at = r * (st->n + (size_t)1) + i;

			st->docs[at + 1] = st->docs[at] + s->input[i].docs[r];
			st->tokens[at + 1] = st->tokens[at] + s->input[i].tokens[r];
		}
}

struct doc_store *
doc_store_open(const struct resolved *rp, const char *root)
{
	struct doc_store *p = xcalloc(1, sizeof *p);

	p->rp = rp;
	p->root = root;
	p->flags = TSHARD_CHECK;
	pthread_mutex_init(&p->mutex, NULL);
	p->stream = xcalloc(rp->nsources, sizeof *p->stream);
	for (uint32_t s = 0; s < rp->nsources; s++)
		stream_init(&p->stream[s], &rp->source[s]);
	return p;
}

void
doc_store_bypass_cache(struct doc_store *p)
{
	p->flags |= TSHARD_PAST_CACHE;
}

void
doc_store_close(struct doc_store *p)
{
	if (!p)
		return;
	for (uint32_t s = 0; s < p->rp->nsources; s++) {
		struct doc_stream *st = &p->stream[s];

		for (uint32_t i = 0; i < st->n; i++)
			docindex_free(st->input[i].index);
		free(st->input);
		free(st->row);
		free(st->docs);
		free(st->tokens);
	}
	free(p->stream);
	pthread_mutex_destroy(&p->mutex);
	free(p);
}

const struct resolved *
doc_store_plan(const struct doc_store *p)
{
	return p->rp;
}

struct doc_reader *
doc_reader_new(struct doc_store *p, bool ids)
{
	struct doc_reader *r = xcalloc(1, sizeof *r);

	r->store = p;
	r->ids = ids;
	r->input = UINT32_MAX;
	r->width = tshard_width(p->rp->vocab);
	r->window = large_alloc(WINDOW);
	return r;
}

void
doc_reader_free(struct doc_reader *r)
{
	if (!r)
		return;
	tshard_close(r->shard);
	free(r->text);
	buf_free(&r->align);
	free(r->window);
	free(r);
}

/* ---- shards ---- */

/*
 * Get the index of the open shard.  Threads may build it at once; the first one to finish
 * publishes it.
 */
static int
find_index(struct doc_reader *r, struct stored_input *input, struct err *err)
{
	const struct resolved *rp = r->store->rp;
	struct docindex *x, *mine = NULL;

	pthread_mutex_lock(&r->store->mutex);
	x = input->index;
	pthread_mutex_unlock(&r->store->mutex);
	if (!x) {
		mine = docindex_new(
		    r->shard, rp, &rp->source[r->source], input->plan, r->ids, err);
		if (!mine)
			return -1;
		pthread_mutex_lock(&r->store->mutex);
		if (!input->index) {
			input->index = mine;
			mine = NULL;
		}
		x = input->index;
		pthread_mutex_unlock(&r->store->mutex);
		docindex_free(mine);
	}
	r->index = x;
	return 0;
}

static int
open_shard(const struct doc_store *p, const struct resolved_input *input,
    struct tshard **shard, struct err *err)
{
	struct tshard_error e = { 0 };
	unsigned char digest[32];
	struct buf path = { 0 };
	int rc = -1;

	buf_putf(&path, "%s/%s.sdx", p->root, input->path);
	buf_putc(&path, '\0');
	if (access(path.p, F_OK) < 0) {
		err_set(err, EXIT_DATA,
		    "%s: missing: name the directory of the shards with --root", path.p);
		goto out;
	}
	if (tshard_open(shard, path.p, p->flags, &e) < 0) {
		err_tshard(err, &e);
		goto out;
	}
	tshard_digest(*shard, digest);
	if (memcmp(digest, input->digest, sizeof digest) == 0 &&
	    tshard_header(*shard)->kind == TSHARD_DOCS)
		rc = 0;
	else
		err_set(err, EXIT_DATA,
		    "%s: has changed since the plan was resolved: run 'tamis plan' again",
		    path.p);
out:
	buf_free(&path);
	return rc;
}

int
doc_store_check(struct doc_store *p, struct err *err)
{
	for (uint32_t s = 0; s < p->rp->nsources; s++)
		for (uint32_t i = 0; i < p->stream[s].n; i++) {
			struct tshard *shard = NULL;
			int rc = open_shard(p, p->stream[s].input[i].plan, &shard, err);

			if (rc == 0)
				rc = shard_note_inputs(tshard_prefix(shard), err);
			tshard_close(shard);
			if (rc < 0)
				return -1;
		}
	return 0;
}

/* Open input i of source s unless it is open. */
static int
open_input(struct doc_reader *r, uint32_t s, uint32_t i, struct err *err)
{
	struct stored_input *input = &r->store->stream[s].input[i];

	if (r->source == s && r->input == i)
		return 0;
	tshard_close(r->shard);
	r->shard = NULL;
	r->input = UINT32_MAX;
	r->chunk = UINT64_MAX;
	r->window_tokens = 0;
	r->hint = (struct doc_align_hint){ 0 };
	r->source = s;
	if (open_shard(r->store, input->plan, &r->shard, err) < 0 ||
	    find_index(r, input, err) < 0)
		return -1;
	r->input = i;
	return 0;
}

/* Load the documents of a chunk: rows chunk * STRIDE and up. */
static int
load(struct doc_reader *r, uint64_t chunk, struct err *err)
{
	const struct resolved *rp = r->store->rp;
	const struct resolved_source *s = &rp->source[r->source];
	uint64_t rows = tshard_header(r->shard)->docs, first = chunk * STRIDE;
	uint64_t row = r->store->stream[r->source].row[r->input] + first;
	struct tshard_doc start_of_unit;
	uint32_t copies = 0;
	struct tshard_error e = { 0 };
	uint64_t start;

	if (r->chunk == chunk)
		return 0;
	r->chunk = UINT64_MAX;
	free(r->text);
	r->text = NULL;
	r->n = rows - first < STRIDE ? (uint32_t)(rows - first) : STRIDE;
	if (tshard_docs(r->shard, first, r->n, r->docs, &e) < 0 ||
	    (r->ids &&
		tshard_docids(r->shard, first, r->n, &r->text, r->text_at, &e) < 0))
		return err_tshard(err, &e);
	/* The chunk may begin inside a unit. */
	if (!upsample_starts(s, row)) {
		if (tshard_docs(
			r->shard, first - row % s->answers, 1, &start_of_unit, &e) < 0)
			return err_tshard(err, &e);
		copies =
		    upsample_copies(s, rp->seed, row - row % s->answers, &start_of_unit);
	}
	start = docindex_start(r->index, chunk);
	for (uint32_t i = 0; i < r->n; i++) {
		r->start[i] = start;
		start += r->docs[i].tokens;
		if (upsample_starts(s, row + i))
			copies = upsample_copies(s, rp->seed, row + i, &r->docs[i]);
		r->copies[i] = copies;
	}
	r->chunk = chunk;
	return 0;
}

/* ---- documents ---- */

static void
set_pos(const struct doc_reader *r, uint32_t offset, struct doc_pos *out)
{
	const struct doc_stream *st = &r->store->stream[r->source];
	size_t i = r->row;

	*out = (struct doc_pos){ .doc = st->row[r->input] + r->chunk * STRIDE + i,
		.offset = offset,
		.d = r->docs[i] };
	if (!r->text)
		return;
	out->id = (struct span){ r->text + r->text_at[2 * i],
		(size_t)(r->text_at[2 * i + 1] - r->text_at[2 * i]) };
	out->url = (struct span){ r->text + r->text_at[2 * i + 1],
		(size_t)(r->text_at[2 * i + 2] - r->text_at[2 * i + 1]) };
}

/*
 * Find the document of a repeat that holds unit `at`.  Units are tokens, or documents if
 * by_doc.
 */
static int
find(struct doc_reader *r, uint32_t s, uint32_t repeat, uint64_t at, bool by_doc,
    struct doc_pos *out, struct err *err)
{
	const struct doc_stream *st = &r->store->stream[s];
	const uint64_t *before = by_doc ? st->docs : st->tokens;
	uint64_t i, c, left;

	before += repeat * (st->n + (size_t)1);
	i = docindex_last(before, st->n, at);
	if (open_input(r, s, (uint32_t)i, err) < 0)
		return -1;
	left = at - before[i];
	c = docindex_find(r->index, repeat, by_doc, &left);
	if (load(r, c, err) < 0)
		return -1;
	r->repeat = repeat;
	for (r->row = 0; r->row < r->n; r->row++) {
		uint64_t size = by_doc ? 1 : r->docs[r->row].tokens;

		if (r->copies[r->row] <= repeat)
			continue;
		if (left < size) {
			set_pos(r, (uint32_t)(by_doc ? 0 : left), out);
			return 0;
		}
		left -= size;
	}
	return err_set(err, EXIT_DATA,
	    "%s.sdx: documents changed while mix read them: run 'tamis verify'",
	    tshard_prefix(r->shard));
}

int
doc_reader_find(struct doc_reader *r, uint32_t s, uint32_t repeat, uint64_t at,
    struct doc_pos *out, struct err *err)
{
	return find(r, s, repeat, at, false, out, err);
}

int
doc_reader_find_doc(struct doc_reader *r, uint32_t s, uint32_t repeat, uint64_t doc,
    struct doc_pos *out, struct err *err)
{
	return find(r, s, repeat, doc, true, out, err);
}

/* Open the next input that has documents of the repeat.  Returns 1, or 0 at the end. */
static int
next_input(struct doc_reader *r, struct err *err)
{
	const struct doc_stream *st = &r->store->stream[r->source];
	uint32_t i = r->input + 1;

	while (i < st->n && st->input[i].plan->docs[r->repeat] == 0)
		i++;
	if (i == st->n)
		return 0;
	if (open_input(r, r->source, i, err) < 0 || load(r, 0, err) < 0)
		return -1;
	r->row = 0;
	return 1;
}

int
doc_reader_next(struct doc_reader *r, struct doc_pos *out, struct err *err)
{
	r->row++;
	for (;;) {
		for (; r->row < r->n; r->row++)
			if (r->copies[r->row] > r->repeat) {
				set_pos(r, 0, out);
				return 1;
			}
		r->row = 0;
		if (r->chunk + 1 < docindex_chunks(r->index)) {
			if (load(r, r->chunk + 1, err) < 0)
				return -1;
		} else {
			int more = next_input(r, err);

			if (more <= 0)
				return more;
		}
	}
}

/* ---- tokens ---- */

/*
 * Load tokens of the payload from `at` on, n of them or as many as fit the window.
 * Sequential reads double in size.  Blocks read for the first time are read whole and
 * checked.
 */
static int
load_window(struct doc_reader *r, uint64_t at, uint64_t n, struct err *err)
{
	uint64_t all = tshard_header(r->shard)->tokens, most = AHEAD / r->width;
	uint64_t block = BLOCK / r->width, from = at, to;
	bool on = r->window_tokens > 0 && at == r->window_first + r->window_tokens;
	struct tshard_error e = { 0 };
	int rc;

	/* A peek reads one token and does not show that reading continues. */
	if (on && n > 1 && n < 2 * r->window_tokens)
		n = 2 * r->window_tokens;
	if (n > most)
		n = most;
	to = at + n < all ? at + n : all;
	r->window_tokens = 0;
	if (docindex_is_checked(r->index, at * r->width, to * r->width)) {
		rc = tshard_tokens_again(r->shard, at, (size_t)(to - at), r->window, &e);
	} else {
		from = at / block * block;
		to = (to + block - 1) / block * block;
		to = to < all ? to : all;
		rc =
		    tshard_tokens_raw(r->shard, from, (size_t)(to - from), r->window, &e);
	}
	if (rc < 0)
		return err_tshard(err, &e);
	docindex_set_checked(r->index, from * r->width, to * r->width);
	r->window_first = from;
	r->window_tokens = to - from;
	return 0;
}

int
doc_reader_tokens(struct doc_reader *r, uint32_t offset, uint32_t n, uint64_t ahead,
    void *out, struct err *err)
{
	uint64_t at = r->start[r->row] + offset, left = n, take;
	unsigned char *to = out;

	for (; left > 0; left -= take, at += take, to += take * r->width) {
		if ((at < r->window_first || at >= r->window_first + r->window_tokens) &&
		    load_window(r, at, left > ahead ? left : ahead, err) < 0)
			return -1;
		take = r->window_first + r->window_tokens - at;
		if (take > left)
			take = left;
		memcpy(to, r->window + (at - r->window_first) * r->width,
		    (size_t)take * r->width);
	}
	return 0;
}

int
doc_reader_align(struct doc_reader *r, struct doc_pos *at, struct err *err)
{
	r->align.n = 0;
	if (doc_align_get(r->shard, r->store->rp, r->chunk * STRIDE + r->row,
		r->start[r->row], at->d.tokens, &r->hint, &r->align, err) < 0)
		return -1;
	at->align = buf_span(&r->align);
	return 0;
}

int
doc_reader_peek(struct doc_reader *r, uint32_t offset, uint32_t *out, struct err *err)
{
	unsigned char raw[4] = { 0 };

	if (doc_reader_tokens(r, offset, 1, 1, raw, err) < 0)
		return -1;
	*out = raw[0] | (uint32_t)raw[1] << 8 | (uint32_t)raw[2] << 16 |
	       (uint32_t)raw[3] << 24;
	return 0;
}
