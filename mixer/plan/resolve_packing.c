/* resolve_packing.c - pack bestfit: how many samples each window of documents makes. */
#include <stdlib.h>

#include "mixer/plan/bestfit.h"
#include "mixer/plan/resolve.h"
#include "mixer/plan/upsample.h"

enum { ROWS = 1024 }; /* of documents, read in one piece */

/* One source on its way through its documents. */
struct packing {
	struct lock *l;
	struct lock_source *s;
	struct bestfit **bestfit; /* one a length */
	uint32_t *len;		  /* [round * LOCK_WINDOW]: of the window being filled */
	uint32_t *n;		  /* of them, one a round */
};

static void
close_window(struct packing *p, uint32_t r)
{
	for (uint32_t c = 0; c < p->l->ncuts; c++) {
		struct lock_packed *k = &p->s->packed[c * p->s->nrounds + r];
		uint64_t samples = bestfit_count(
		    p->bestfit[c], p->len + (size_t)r * LOCK_WINDOW, p->n[r]);

		k->window[k->n++] = samples;
		k->samples += samples;
	}
	p->n[r] = 0;
}

/* Documents of the window that round r is at. */
static uint32_t
window_size(const struct packing *p, uint32_t r)
{
	uint64_t docs = p->s->docs[r], n = (docs + LOCK_WINDOW - 1) / LOCK_WINDOW,
		 w = p->s->packed[r].n;

	return (
	    uint32_t)(lock_window_first(docs, n, w + 1) - lock_window_first(docs, n, w));
}

static void
add_documents(struct packing *p, const struct tshard_doc *d, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t copies = copies_of(p->s, p->l->seed, &d[i]);

		for (uint32_t r = 0; r < copies && r < p->s->nrounds; r++) {
			p->len[r * LOCK_WINDOW + p->n[r]++] = d[i].tokens;
			if (p->n[r] == window_size(p, r))
				close_window(p, r);
		}
	}
}

static int
add_part(
    struct packing *p, const struct lock_part *part, const char *root, struct err *err)
{
	struct tshard_error e = { 0 };
	struct tshard *shard = NULL;
	struct tshard_doc d[ROWS];
	struct buf path = { 0 };
	int rc = -1;

	buf_putf(&path, "%s/%s", root, part->path);
	buf_putc(&path, '\0');
	if (tshard_open(&shard, path.p, 0, &e) < 0)
		goto out;
	for (uint64_t row = 0; row < part->rows; row += ROWS) {
		size_t n = part->rows - row < ROWS ? (size_t)(part->rows - row) : ROWS;

		if (tshard_docs(shard, row, n, d, &e) < 0)
			goto out;
		add_documents(p, d, n);
	}
	rc = 0;
out:
	if (rc < 0)
		err_set(err, e.code, "%s", e.msg);
	tshard_close(shard);
	buf_free(&path);
	return rc;
}

static int
pack_source(struct packing *p, const char *root, struct err *err)
{
	struct lock_source *s = p->s;
	size_t n = xmul(p->l->ncuts, s->nrounds);
	int rc = 0;

	s->packed = arena_alloc(&p->l->mem, xmul(n, sizeof *s->packed));
	for (size_t i = 0; i < n; i++) {
		uint64_t windows =
		    (s->docs[i % s->nrounds] + LOCK_WINDOW - 1) / LOCK_WINDOW;

		s->packed[i] =
		    (struct lock_packed){ .window = arena_alloc(&p->l->mem,
					      xmul((size_t)windows, sizeof(uint64_t))) };
	}
	p->len = xcalloc(xmul(s->nrounds, LOCK_WINDOW), sizeof *p->len);
	p->n = xcalloc(s->nrounds, sizeof *p->n);
	for (uint32_t i = 0; i < s->nparts && rc == 0; i++)
		rc = add_part(p, &s->part[i], root, err);
	free(p->len);
	free(p->n);
	return rc;
}

int
resolve_packing(const struct plan *p, const char *root, struct lock *l, struct err *err)
{
	struct packing pk = { .l = l };
	int rc = 0;

	if (!p->bestfit)
		return 0;
	pk.bestfit = xcalloc(l->ncuts, sizeof(struct bestfit *));
	for (uint32_t c = 0; c < l->ncuts; c++)
		pk.bestfit[c] = bestfit_new(l->cut[c]);
	for (uint32_t s = 0; s < l->nsources && rc == 0; s++) {
		pk.s = &l->source[s];
		rc = pack_source(&pk, root, err);
	}
	for (uint32_t c = 0; c < l->ncuts; c++)
		bestfit_free(pk.bestfit[c]);
	free(pk.bestfit);
	return rc;
}
