/* reshard_copy.c - copy the documents of the inputs of reshard to its outputs. */
#include <inttypes.h>
#include <stdlib.h>

#include "shards/reshard.h"
#include "shards/tshard_err.h"

enum {
	WINDOW = 1 << 20, /* bytes of the payload at a time: whole blocks */
	IDS = 1024,	  /* rows whose ids are read at a time */
};

/* The input that is copied. */
struct copier {
	struct reshard_job *r;
	const struct tshard *s;
	size_t input;
	uint64_t row, at; /* the next document, and its first token */
	uint32_t width;
	unsigned char *window; /* tokens [first, first + held) */
	uint64_t first;
	size_t held;
	char *text; /* ids and URLs of rows from ids_row on */
	uint64_t ids_row, ids_held, ids_at[2 * IDS + 1];
	/* Of each of its sources: the number in job.sources, and what is added to its
	 * ordinals. */
	struct copier_source {
		size_t number;
		uint64_t shift;
		bool begun;
	} * source;
};

/* An error of the writer about the data of the input. */
static int
bad_document(const struct copier *c, const struct tshard_error *e, struct err *err)
{
	if (e->code != TSHARD_DATA)
		return err_tshard(err, e);
	return err_set(err, EXIT_DATA, "%s: document %" PRIu64 ": %s",
	    tshard_prefix(c->s), c->row, e->msg);
}

static int
move_window(struct copier *c, struct err *err)
{
	uint64_t left = tshard_header(c->s)->tokens - c->at;
	size_t n = WINDOW / c->width;
	struct tshard_error e = { 0 };

	if (left == 0)
		return err_set(err, EXIT_DATA,
		    "%s: document %" PRIu64 ": ends past the payload: regenerate the "
		    "shard",
		    tshard_prefix(c->s), c->row);
	c->first = c->at;
	c->held = left < n ? (size_t)left : n;
	if (tshard_tokens_raw(c->s, c->first, c->held, c->window, &e) < 0)
		return err_tshard(err, &e);
	return 0;
}

static int
copy_tokens(struct copier *c, struct tshard_writer *w, uint32_t n, struct err *err)
{
	struct tshard_error e = { 0 };

	while (n > 0) {
		uint64_t held;
		size_t k;

		if (c->at == c->first + c->held && move_window(c, err) < 0)
			return -1;
		held = c->first + c->held - c->at;
		k = n < held ? n : (size_t)held;
		if (tshard_writer_put_raw(
			w, c->window + (c->at - c->first) * c->width, k, &e) < 0)
			return bad_document(c, &e, err);
		c->at += k;
		n -= (uint32_t)k;
	}
	return 0;
}

/* Read the ids of the next rows. */
static int
read_ids(struct copier *c, struct err *err)
{
	uint64_t left = tshard_header(c->s)->docs - c->row;
	struct tshard_error e = { 0 };

	free(c->text);
	c->text = NULL;
	c->ids_row = c->row;
	c->ids_held = left < IDS ? left : IDS;
	if (tshard_docids(c->s, c->row, (size_t)c->ids_held, &c->text, c->ids_at, &e) < 0)
		return err_tshard(err, &e);
	return 0;
}

/*
 * The ordinal of a document, which rises within a source.  The parts of a shard keep
 * theirs; those of another shard are raised above them.
 */
static uint64_t
ordinal_of(struct copier *c, const struct tshard_doc *d)
{
	struct copier_source *s = &c->source[d->source];
	struct reshard_source *known = &c->r->sources.v[s->number];
	uint64_t ordinal;

	if (!s->begun)
		s->shift = d->ordinal < known->next ? known->next : 0;
	s->begun = true;
	ordinal = d->ordinal + s->shift;
	if (ordinal >= known->next)
		known->next = ordinal + 1;
	return ordinal;
}

static int
copy_document(struct copier *c, struct tshard_doc *d, struct err *err)
{
	struct reshard_job *r = c->r;
	const struct reshard_cut *cut = &r->cut[r->n_begun];
	struct tshard_error e = { 0 };
	struct tshard_writer *w;
	const uint64_t *at;

	if (cut->input == c->input && cut->row == c->row &&
	    (reshard_end_output(r, err) < 0 || reshard_begin_output(r, err) < 0))
		return -1;
	w = r->out[r->n_begun - 1];
	if (copy_tokens(c, w, d->tokens, err) < 0 ||
	    (c->row == c->ids_row + c->ids_held && read_ids(c, err) < 0))
		return -1;
	d->ordinal = ordinal_of(c, d);
	d->source = (uint16_t)r->sources.v[c->source[d->source].number].row;
	at = c->ids_at + 2 * (c->row - c->ids_row);
	if (tshard_writer_end_doc(w, d, c->text + at[0], (size_t)(at[1] - at[0]),
		c->text + at[1], (size_t)(at[2] - at[1]), &e) < 0)
		return bad_document(c, &e, err);
	c->row++;
	return 0;
}

/* The numbers of the sources of the input. */
static void
number_sources(struct copier *c)
{
	const struct tshard_header *h = tshard_header(c->s);

	c->source = xcalloc((size_t)h->n_sources + 1, sizeof *c->source);
	for (uint32_t i = 0; i < h->n_sources; i++)
		c->source[i].number = reshard_source(c->r, tshard_sources(c->s)[i].name);
}

static int
copy_input(struct reshard_job *r, size_t i, unsigned char *window, struct err *err)
{
	struct copier *c = xcalloc(1, sizeof *c);
	struct tshard_doc_iter *it = NULL;
	struct tshard_error e = { 0 };
	struct tshard_doc d;
	struct tshard *s;
	int more = 0, rc = reshard_open(r, i, TSHARD_CHECK, &s, err);

	if (rc < 0)
		goto out;
	c->r = r;
	c->s = s;
	c->input = i;
	c->width = tshard_width(tshard_header(s)->vocab);
	c->window = window;
	number_sources(c);
	if (tshard_doc_iter_open(&it, s, 0, tshard_header(s)->docs, &e) < 0)
		more = -1;
	while (more >= 0 && rc == 0 && (more = tshard_doc_iter_next(it, &d, &e)) > 0)
		rc = copy_document(c, &d, err);
	if (more < 0)
		rc = err_tshard(err, &e);
	if (rc == 0 && c->at != tshard_header(s)->tokens)
		rc = err_set(err, EXIT_DATA,
		    "%s: the documents do not add up to the tokens of the payload: "
		    "regenerate the shard",
		    tshard_prefix(s));
	tshard_doc_iter_close(it);
	tshard_close(s);
out:
	free(c->source);
	free(c->text);
	free(c);
	return rc;
}

int
reshard_copy(struct reshard_job *r, struct err *err)
{
	unsigned char *window = large_alloc(WINDOW);
	int rc = reshard_begin_output(r, err);

	for (size_t i = 0; i < r->n_in && rc == 0; i++)
		rc = copy_input(r, i, window, err);
	if (rc == 0)
		rc = reshard_end_output(r, err);
	free(window);
	return rc;
}
