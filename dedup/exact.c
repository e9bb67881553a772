/* exact.c - drop documents whose text was seen before: the first, or the best by a
 * number, stays. */
#include <stdlib.h>

#include "lib/base/hash.h"
#include "lib/base/num.h"
#include "lib/base/table.h"
#include "lib/driver/filter.h"

struct exact {
	const char *rank;  /* member that decides; NULL: the first stays */
	struct table seen; /* text -> 1 + index in best, or 1 */
	struct best {
		double rank;
		uint64_t ordinal;
	} * best;
	size_t nbest, cap;
};

struct mark {
	struct hash128 hash;
	double rank;
};

static const struct exact defaults = { 0 };

static const struct opt opts[] = {
	OPT_STR('R', "rank", struct exact, rank, "NAME",
	    "keep the copy with the largest number NAME, not the first"),
	OPT_END,
};

static double
rank_of(const struct exact *x, struct doc *d)
{
	struct span raw;
	double v = 0;

	if (!doc_get(d, span_of(x->rank), &raw) || !num_json(raw, &v))
		doc_bad(
		    d, "no number '%s' to rank by: add it, or leave out --rank", x->rank);
	return v;
}

static int
exact_open(void *self, struct setup *setup, struct err *err)
{
	setup->second_pass = ((const struct exact *)self)->rank != NULL;
	return 0;
}

static void
exact_map(const void *self, void *scratch, struct doc *d)
{
	const struct exact *x = self;
	struct mark *m = doc_alloc(d, sizeof *m);

	*m = (struct mark){ .hash = hash128(doc_text(d), 0) };
	if (x->rank)
		m->rank = rank_of(x, d);
	doc_state_set(d, m);
}

static void
rank_fold(
    struct exact *x, const struct mark *m, uint64_t *slot, bool fresh, uint64_t ordinal)
{
	if (fresh) {
		if (x->nbest == x->cap) {
			x->cap = x->cap ? x->cap * 2 : 1024;
			x->best = xrealloc(x->best, x->cap, sizeof *x->best);
		}
		*slot = x->nbest;
		x->best[x->nbest++] = (struct best){ m->rank, ordinal };
	} else if (m->rank > x->best[*slot].rank) {
		x->best[*slot] = (struct best){ m->rank, ordinal };
	}
}

static int
exact_fold(void *self, struct doc *d, struct err *err)
{
	struct exact *x = self;
	const struct mark *m = doc_state(d);
	bool fresh;
	uint64_t *slot = table_put(&x->seen, m->hash, &fresh);

	if (x->rank)
		rank_fold(x, m, slot, fresh, doc_ordinal(d));
	else if (!fresh)
		doc_drop(d, "exact.duplicate");
	return 0;
}

static void
exact_apply(const void *self, void *scratch, struct doc *d)
{
	const struct exact *x = self;
	const uint64_t *slot = table_get(&x->seen, hash128(doc_text(d), 0));

	if (!slot || x->best[*slot].ordinal != doc_ordinal(d))
		doc_drop(d, "exact.duplicate");
}

static void
exact_close(void *self)
{
	struct exact *x = self;

	table_free(&x->seen);
	free(x->best);
}

const struct filter filter_exact = {
	.name = "exact",
	.summary = "drop documents whose text was seen before",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = exact_open,
	.map = exact_map,
	.fold = exact_fold,
	.close = exact_close,
	.apply = exact_apply,
};
