/* resolve_packing.c - counts the samples of each window of documents, for pack
 * bestfit.
 */
#include <stdlib.h>

#include "mixer/plan/bestfit.h"
#include "mixer/plan/resolve.h"
#include "mixer/plan/upsample.h"
#include "shards/tshard_err.h"

/* The state of one source while its documents are read. */
struct packing {
	struct resolved *rp;
	struct resolved_source *s;
	struct bestfit **bestfit; /* one per length class */
	uint32_t *len; /* [repeat * RESOLVED_WINDOW]: lengths in its current window */
	uint32_t *n;   /* how many, one per repeat */
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

/* Documents of the current window of repeat r. */
static uint32_t
window_size(const struct packing *p, uint32_t r)
{
	uint64_t docs = p->s->docs[r], n = (docs + RESOLVED_WINDOW - 1) / RESOLVED_WINDOW,
		 w = p->s->packed[r].n;

	return (uint32_t)(resolved_window_first(docs, n, w + 1) -
			  resolved_window_first(docs, n, w));
}

static void
add_document(struct packing *p, const struct tshard_doc *d)
{
	uint32_t copies = upsample_copies(p->s, p->rp->seed, d);

	for (uint32_t r = 0; r < copies && r < p->s->nrepeats; r++) {
		p->len[r * RESOLVED_WINDOW + p->n[r]++] = d->tokens;
		if (p->n[r] == window_size(p, r))
			close_window(p, r);
	}
}

static int
add_input(struct packing *p, const struct resolved_input *input, const char *root,
    struct err *err)
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
		while ((more = tshard_doc_iter_next(it, &d, &e)) > 0)
			add_document(p, &d);
	tshard_doc_iter_close(it);
	tshard_close(shard);
	buf_free(&path);
	return more < 0 ? err_tshard(err, &e) : 0;
}

static int
pack_source(struct packing *p, const char *root, struct err *err)
{
	struct resolved_source *s = p->s;
	size_t n = xmul(p->rp->nclasses, s->nrepeats);
	int rc = 0;

	s->packed = arena_alloc(&p->rp->mem, xmul(n, sizeof *s->packed));
	for (size_t i = 0; i < n; i++) {
		uint64_t windows =
		    (s->docs[i % s->nrepeats] + RESOLVED_WINDOW - 1) / RESOLVED_WINDOW;

		s->packed[i] = (struct resolved_packing){
			.window = arena_alloc(
			    &p->rp->mem, xmul((size_t)windows, sizeof(uint64_t)))
		};
	}
	p->len = xcalloc(xmul(s->nrepeats, RESOLVED_WINDOW), sizeof *p->len);
	p->n = xcalloc(s->nrepeats, sizeof *p->n);
	for (uint32_t i = 0; i < s->ninputs && rc == 0; i++)
		rc = add_input(p, &s->input[i], root, err);
	free(p->len);
	free(p->n);
	return rc;
}

int
resolve_packing(
    const struct plan *p, const char *root, struct resolved *rp, struct err *err)
{
	struct packing pk = { .rp = rp };
	int rc = 0;

	if (!p->bestfit)
		return 0;
	pk.bestfit = xcalloc(rp->nclasses, sizeof(struct bestfit *));
	for (uint32_t c = 0; c < rp->nclasses; c++)
		pk.bestfit[c] = bestfit_new(rp->class_seq[c]);
	for (uint32_t s = 0; s < rp->nsources && rc == 0; s++) {
		pk.s = &rp->source[s];
		rc = pack_source(&pk, root, err);
	}
	for (uint32_t c = 0; c < rp->nclasses; c++)
		bestfit_free(pk.bestfit[c]);
	free(pk.bestfit);
	return rc;
}
