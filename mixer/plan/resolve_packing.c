/* resolve_packing.c - counts the samples of each window of documents, for pack
 * bestfit.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "mixer/plan/bestfit.h"
#include "mixer/plan/resolve.h"
#include "mixer/plan/upsample.h"
#include "shards/tshard_err.h"

/* The state of one source while its documents are read. */
struct packing {
	const char *name; /* of the plan */
	const struct plan_source *line;
	struct resolved *rp;
	struct resolved_source *s;
	struct bestfit **bestfit; /* one per length class */
	uint32_t *len; /* [repeat * RESOLVED_WINDOW]: lengths in its current window */
	uint32_t *n;   /* how many, one per repeat */
	/* The current unit: its uses, rows and tokens so far. */
	uint32_t copies, rows;
	uint64_t slots;
};

static void
close_window(struct packing *p, uint32_t r)
{
	for (uint32_t c = 0; c < p->rp->nclasses; c++) {
		struct resolved_packing *k = &p->s->packed[c * p->s->nrepeats + r];
		uint64_t samples = bestfit_count(
		    p->bestfit[c], p->len + (size_t)r * RESOLVED_WINDOW, p->n[r]);

		k->window[k->n++] = samples;
		k->samples += samples;
	}
	p->n[r] = 0;
}

/* Units of the current window of repeat r. */
static uint32_t
window_size(const struct packing *p, uint32_t r)
{
	uint64_t units = p->s->docs[r] / p->s->answers, w = p->s->packed[r].n,
		 n = resolved_windows(p->s, p->s->docs[r]);

	return (uint32_t)(resolved_window_first(units, n, w + 1) -
			  resolved_window_first(units, n, w));
}

/* A unit that does not fit into a sample. */
static int
too_long(const struct packing *p, uint64_t row, const char *path, struct err *err)
{
	const struct resolved *rp = p->rp;
	uint32_t least = rp->class_seq[0];

	for (uint32_t c = 1; c < rp->nclasses; c++)
		least = rp->class_seq[c] < least ? rp->class_seq[c] : least;
	if (!rp->whole || p->slots <= least)
		return 0;
	if (p->s->answers > 1)
		return err_set(err, EXIT_DATA,
		    "%s:%u: source '%s': document %" PRIu64
		    " of %s ends a pair of %" PRIu64 " tokens, a sample has %" PRIu32
		    ": raise 'seq', or encode it with --seq=%" PRIu32 " --truncate=drop",
		    p->name, p->line->line, p->s->name, row, path, p->slots, least,
		    least);
	return err_set(err, EXIT_DATA,
	    "%s:%u: source '%s': document %" PRIu64 " of %s has %" PRIu64
	    " tokens, a sample has %" PRIu32
	    ": raise 'seq', or encode it with --seq=%" PRIu32 " --truncate=drop",
	    p->name, p->line->line, p->s->name, row, path, p->slots, least, least);
}

/* Add the unit that is complete to its windows. */
static void
add_unit(struct packing *p)
{
	for (uint32_t r = 0; r < p->copies && r < p->s->nrepeats; r++) {
		p->len[r * RESOLVED_WINDOW + p->n[r]++] = (uint32_t)p->slots;
		if (p->n[r] == window_size(p, r))
			close_window(p, r);
	}
}

/* Add a document in `row` of the source, number `no` of its shard. */
static int
add_document(struct packing *p, const struct tshard_doc *d, uint64_t row, uint64_t no,
    const char *path, struct err *err)
{
	if (upsample_starts(p->s, row)) {
		p->copies = upsample_copies(p->s, p->rp->seed, row, d);
		p->rows = 0;
		p->slots = 0;
	}
	p->slots += resolved_slot(p->rp, d->tokens);
	if (++p->rows < p->s->answers || p->copies == 0)
		return 0;
	if (too_long(p, no, path, err) < 0)
		return -1;
	add_unit(p);
	return 0;
}

static int
add_input(struct packing *p, const struct resolved_input *input, uint64_t row,
    const char *root, struct err *err)
{
	struct tshard_doc_iter *it = NULL;
	struct tshard_error e = { 0 };
	struct tshard *shard = NULL;
	struct tshard_doc d;
	struct buf path = { 0 };
	int more = -1;

	buf_putf(&path, "%s/%s", root, input->path);
	buf_putc(&path, '\0');
	if (tshard_open(&shard, path.p, 0, &e) == 0 &&
	    tshard_doc_iter_open(&it, shard, 0, input->rows, &e) == 0)
		for (uint64_t i = 0; (more = tshard_doc_iter_next(it, &d, &e)) > 0; i++)
			if (add_document(p, &d, row + i, i, input->path, err) < 0)
				goto out;
	if (more < 0)
		err_tshard(err, &e);
out:
	tshard_doc_iter_close(it);
	tshard_close(shard);
	buf_free(&path);
	return more == 0 ? 0 : -1;
}

static int
pack_source(struct packing *p, const char *root, struct err *err)
{
	struct resolved_source *s = p->s;
	uint64_t row = 0;
	size_t n = xmul(p->rp->nclasses, s->nrepeats);
	int rc = 0;

	s->packed = arena_alloc(&p->rp->mem, xmul(n, sizeof *s->packed));
	for (size_t i = 0; i < n; i++) {
		uint64_t windows = resolved_windows(s, s->docs[i % s->nrepeats]);

		s->packed[i] = (struct resolved_packing){
			.window = arena_alloc(
			    &p->rp->mem, xmul((size_t)windows, sizeof(uint64_t)))
		};
	}
	p->len = xcalloc(xmul(s->nrepeats, RESOLVED_WINDOW), sizeof *p->len);
	p->n = xcalloc(s->nrepeats, sizeof *p->n);
	for (uint32_t i = 0; i < s->ninputs && rc == 0; i++) {
		rc = add_input(p, &s->input[i], row, root, err);
		row += s->input[i].rows;
	}
	free(p->len);
	free(p->n);
	return rc;
}

int
resolve_packing(const struct plan *p, const char *name, const char *root,
    struct resolved *rp, struct err *err)
{
	struct packing pk = { .name = name, .rp = rp };
	int rc = 0;

	if (!p->bestfit)
		return 0;
	pk.bestfit = xcalloc(rp->nclasses, sizeof(struct bestfit *));
	for (uint32_t c = 0; c < rp->nclasses; c++)
		pk.bestfit[c] = bestfit_new(rp->class_seq[c]);
	for (uint32_t s = 0; s < rp->nsources && rc == 0; s++) {
		pk.s = &rp->source[s];
		pk.line = &p->source[s];
		rc = pack_source(&pk, root, err);
	}
	for (uint32_t c = 0; c < rp->nclasses; c++)
		bestfit_free(pk.bestfit[c]);
	free(pk.bestfit);
	return rc;
}
