/* exact.c - drop documents whose text duplicates an earlier one. */
#include <stdlib.h>

#include "dedup/rank.h"
#include "lib/base/hash.h"
#include "lib/base/num.h"
#include "lib/base/table.h"
#include "lib/driver/filter.h"

struct exact {
	const char *rank;  /* field that ranks copies; NULL: keep the first */
	struct table seen; /* hash of the text -> index in best, with --rank */
	struct best {
		double rank;
		uint64_t ordinal;
	} * best;
	size_t nbest, cap;
	uint64_t *kept; /* by ordinal: a bit for each document in best */
	uint64_t nkept; /* bits */
};

struct exact_key {
	struct hash128 hash;
	double rank;
};

static const struct exact defaults = { 0 };

static const struct opt opts[] = {
	OPT_STR(0, "rank", struct exact, rank, "FIELD",
	    "keep the copy with the largest number in FIELD, not the first"),
	OPT_ALIAS(OPT_T_STR, 'R', "rank", struct exact, rank, "FIELD"),
	OPT_END,
};

static double
rank_of(const struct exact *x, struct doc *d)
{
	struct span raw;
	double v = 0;

	if (!doc_get(d, span_of(x->rank), &raw) || !num_json(raw, &v))
		rank_bad(d, "rank", x->rank);
	return v;
}

static int
exact_open(void *self, struct setup *setup, struct err *err)
{
	setup->passes = ((const struct exact *)self)->rank ? 2 : 1;
	return 0;
}

static void
exact_map(const void *self, void *scratch, struct doc *d)
{
	const struct exact *x = self;
	struct exact_key *k = doc_alloc(d, sizeof *k);

	*k = (struct exact_key){ .hash = hash128(doc_text(d), 0) };
	if (x->rank)
		k->rank = rank_of(x, d);
	doc_state_set(d, k);
}

static void
rank_fold(struct exact *x, const struct exact_key *k, uint64_t *slot, bool fresh,
    uint64_t ordinal)
{
	if (fresh) {
		GROW(x->best, x->nbest, x->cap);
		*slot = x->nbest;
		x->best[x->nbest++] = (struct best){ k->rank, ordinal };
	} else if (k->rank > x->best[*slot].rank) {
		x->best[*slot] = (struct best){ k->rank, ordinal };
	}
}

static int
exact_fold(void *self, struct doc *d, struct err *err)
{
	struct exact *x = self;
	const struct exact_key *k = doc_state(d);
	bool fresh;
	uint64_t *slot = table_put(&x->seen, k->hash, &fresh);

	if (x->rank)
		rank_fold(x, k, slot, fresh, doc_ordinal(d));
	else if (!fresh)
		doc_drop(d, "exact.duplicate");
	return 0;
}

static int
exact_decide(void *self, struct err *err)
{
	struct exact *x = self;

	for (size_t i = 0; i < x->nbest; i++)
		if (x->best[i].ordinal >= x->nkept)
			x->nkept = x->best[i].ordinal + 1;
	x->kept = xcalloc((size_t)(x->nkept / 64 + 1), sizeof *x->kept);
	for (size_t i = 0; i < x->nbest; i++) {
		const uint64_t at = x->best[i].ordinal;

		x->kept[at / 64] |= (uint64_t)1 << at % 64;
	}
	return 0;
}

static void
exact_apply(const void *self, void *scratch, struct doc *d)
{
	const struct exact *x = self;
	const uint64_t at = doc_ordinal(d);

	if (at >= x->nkept || !(x->kept[at / 64] >> at % 64 & 1))
		doc_drop(d, "exact.duplicate");
}

static void
exact_close(void *self)
{
	struct exact *x = self;

	table_free(&x->seen);
	free(x->best);
	free(x->kept);
}

const struct filter filter_exact = {
	.name = "exact",
	.summary = "drop documents whose text duplicates an earlier one",
	.example = "tamis exact -o unique.jsonl.zst a.jsonl.zst b.jsonl.zst c.jsonl.zst",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = exact_open,
	.map = exact_map,
	.fold = exact_fold,
	.close = exact_close,
	.decide = exact_decide,
	.apply = exact_apply,
};
