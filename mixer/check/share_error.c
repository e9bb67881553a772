/* share_error.c - measures exactly how far a run is from the shares of its plan. */
#include "mixer/check/share_error.h"

#include <stdlib.h>

#include "mixer/plan/decimal.h"

/* The batch being counted. */
struct open_batch {
	uint32_t phase; /* of the next sample */
	uint64_t at;	/* number of the next sample in the run */
	struct train_batch batch;
	uint64_t *drawn;   /* samples of the batch, one per phase */
	uint32_t begun;	   /* phase of its first sample */
	uint64_t *count;   /* samples of the batch, one per source */
	uint64_t *group;   /* the same, one per group */
	uint32_t *touched; /* sources with a count */
	uint32_t ntouched;
	uint32_t **by_weight; /* [phase][]: sources with a share, largest first */
	uint32_t *nby_weight;
};

/* ---- batch numbers ---- */

/* Batch number `want`, or the batch of sample `want`. */
static struct train_batch
find_batch(const struct resolved *rp, bool by_number, uint64_t want)
{
	static const struct resolved_batch whole = { 0, BATCH_DEFAULT };
	const struct resolved_batch *v = rp->nbatches ? rp->batch : &whole;
	uint32_t n = rp->nbatches ? rp->nbatches : 1;
	uint64_t first = 0, no = 0;

	for (uint32_t i = 0;; i++) {
		bool last = i + 1 == n;
		uint64_t size = v[i].samples, here, k;

		if (!last && first >= v[i + 1].first)
			continue; /* no batch begins in this range */
		here = last ? UINT64_MAX : (v[i + 1].first - first - 1) / size + 1;
		k = by_number ? want - no : (want - first) / size;
		if (k < here || last) {
			uint64_t skip;

			if (__builtin_mul_overflow(k, size, &skip) ||
			    __builtin_add_overflow(first, skip, &first))
				first = UINT64_MAX;
			return (struct train_batch){ no + k, first, size };
		}
		no += here;
		first += here * size;
	}
}

struct train_batch
train_batch_at(const struct resolved *rp, uint64_t no)
{
	return find_batch(rp, true, no);
}

struct train_batch
train_batch_of(const struct resolved *rp, uint64_t sample)
{
	return find_batch(rp, false, sample);
}

/* ---- differences ---- */

/* |share of n samples - count|, times SHARE_ONE. */
static share_parts
off_by(share_parts share, uint64_t count)
{
	share_parts had = (share_parts)count * SHARE_ONE;

	return share > had ? share - had : had - share;
}

static void
note_worst(struct worst_share *w, share_parts off, uint32_t id, uint64_t at)
{
	if (!w->any || off > w->off)
		*w = (struct worst_share){ true, off, id, at };
}

/* ---- batches ---- */

struct weighed {
	uint64_t weight;
	uint32_t source;
};

static int
heavier_first(const void *a, const void *b)
{
	const struct weighed *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	return x->source < y->source ? -1 : 1;
}

static void
sort_by_weight(struct open_batch *f, const struct resolved *rp, uint32_t k)
{
	struct weighed *v = xcalloc(rp->nsources + (size_t)1, sizeof *v);
	uint32_t n = 0;

	for (uint32_t s = 0; s < rp->nsources; s++)
		if (rp->source[s].weight[k] > 0)
			v[n++] = (struct weighed){ rp->source[s].weight[k], s };
	qsort(v, n, sizeof *v, heavier_first);
	f->by_weight[k] = xcalloc(n + (size_t)1, sizeof **f->by_weight);
	for (uint32_t i = 0; i < n; i++)
		f->by_weight[k][i] = v[i].source;
	f->nby_weight[k] = n;
	free(v);
}

static share_parts
share_in_batch(const struct share_error *a, uint32_t s)
{
	share_parts sum = 0;

	for (uint32_t k = a->open->begun; k <= a->open->phase; k++)
		sum += (share_parts)a->rp->source[s].weight[k] * a->open->drawn[k];
	return sum;
}

/* Note the largest error among the sources that the batch has no sample of. */
static void
note_untouched(struct share_error *a)
{
	struct open_batch *f = a->open;
	struct worst_share *w = &a->batches.source;
	uint32_t k = f->begun, i = 0;

	if (f->begun < f->phase) {
		for (uint32_t s = 0; s < a->rp->nsources; s++)
			if (f->count[s] == 0)
				note_worst(w, share_in_batch(a, s), s, f->batch.no);
		return;
	}
	while (i < f->nby_weight[k] && f->count[f->by_weight[k][i]] > 0)
		i++;
	if (i < f->nby_weight[k])
		note_worst(w, share_in_batch(a, f->by_weight[k][i]), f->by_weight[k][i],
		    f->batch.no);
}

/* The number of sources with a share of the batch. */
static uint32_t
sources_in_batch(const struct share_error *a)
{
	uint32_t n = 0;

	if (a->open->begun == a->open->phase)
		return a->open->nby_weight[a->open->begun];
	for (uint32_t s = 0; s < a->rp->nsources; s++)
		n += share_in_batch(a, s) > 0;
	return n;
}

/* Note the errors of the groups. */
static void
note_groups(struct share_error *a)
{
	struct open_batch *f = a->open;

	for (uint32_t g = 0; g < a->rp->ngroups; g++) {
		share_parts sum = 0;

		for (uint32_t k = f->begun; k <= f->phase; k++)
			sum += (share_parts)a->rp->group[g].weight[k] * f->drawn[k];
		note_worst(&a->batches.group, off_by(sum, f->group[g]), g, f->batch.no);
		f->group[g] = 0;
	}
}

/*
 * The shares of a batch sum to its samples n, so chi2 = sum of count^2 / share - n.  Only
 * sources with a count contribute, so the time is linear in the samples.
 */
static void
close_batch(struct share_error *a)
{
	struct open_batch *f = a->open;
	uint32_t sources = sources_in_batch(a);
	double sum = 0;
	uint64_t n = 0;

	for (uint32_t i = 0; i < f->ntouched; i++) {
		uint32_t s = f->touched[i];
		share_parts share = share_in_batch(a, s);
		double count = (double)f->count[s];

		note_worst(
		    &a->batches.source, off_by(share, f->count[s]), s, f->batch.no);
		n += f->count[s];
		if (share > 0)
			sum += count * count / ((double)share / (double)SHARE_ONE);
	}
	note_untouched(a);
	note_groups(a);
	a->batches.chi2 += sum > (double)n ? sum - (double)n : 0;
	a->batches.df += sources > 0 ? sources - 1 : 0;
	a->batches.n++;
	for (uint32_t i = 0; i < f->ntouched; i++)
		f->count[f->touched[i]] = 0;
	f->ntouched = 0;
	for (uint32_t k = f->begun; k <= f->phase; k++)
		f->drawn[k] = 0;
}

static void
add_to_batch(struct share_error *a, uint32_t s)
{
	struct open_batch *f = a->open;

	if (f->at == f->batch.first || f->at == a->first)
		f->begun = f->phase;
	if (f->count[s]++ == 0)
		f->touched[f->ntouched++] = s;
	f->group[a->rp->source[s].group]++;
	f->drawn[f->phase]++;
	if (f->at + 1 - f->batch.first < f->batch.samples && f->at + 1 < a->end)
		return;
	close_batch(a);
	f->batch = train_batch_of(a->rp, f->at + 1);
}

/* ---- the whole range ---- */

void
share_error_init(
    struct share_error *a, const struct resolved *rp, uint64_t first, uint64_t end)
{
	struct open_batch *f = xcalloc(1, sizeof *f);
	size_t ns = rp->nsources + (size_t)1;

	*a = (struct share_error){ .rp = rp, .first = first, .end = end, .open = f };
	a->phase = xcalloc(rp->nphases + (size_t)1, sizeof *a->phase);
	f->drawn = xcalloc(rp->nphases + (size_t)1, sizeof *f->drawn);
	f->by_weight = xcalloc(rp->nphases + (size_t)1, sizeof *f->by_weight);
	f->nby_weight = xcalloc(rp->nphases + (size_t)1, sizeof *f->nby_weight);
	f->count = xcalloc(ns, sizeof *f->count);
	f->touched = xcalloc(ns, sizeof *f->touched);
	f->group = xcalloc(rp->ngroups + (size_t)1, sizeof *f->group);
	f->at = first;
	f->batch = train_batch_of(rp, first);
	for (uint32_t k = 0; k < rp->nphases; k++) {
		struct phase_error *ph = &a->phase[k];

		if (rp->phase[k].first <= first)
			f->phase = k;
		if (rp->phase[k].first < first)
			ph->from = first - rp->phase[k].first;
		ph->samples = xcalloc(ns, sizeof *ph->samples);
		ph->tokens = xcalloc(ns, sizeof *ph->tokens);
		ph->group = xcalloc(rp->ngroups + (size_t)1, sizeof *ph->group);
		sort_by_weight(f, rp, k);
	}
}

static void
note_prefix(struct share_error *a, struct phase_error *ph, uint32_t s, uint64_t at)
{
	const struct resolved *rp = a->rp;
	uint32_t k = (uint32_t)(ph - a->phase), g = rp->source[s].group;

	if (ph->from > 0)
		return;
	note_worst(&ph->source,
	    off_by((share_parts)rp->source[s].weight[k] * ph->n, ph->samples[s]), s, at);
	note_worst(&ph->any_group,
	    off_by((share_parts)rp->group[g].weight[k] * ph->n, ph->group[g]), g, at);
}

/*
 * An error is extreme just before or just after a sample of its source, or at the end of
 * the phase.
 */
static void
close_phase(struct share_error *a, struct phase_error *ph)
{
	uint32_t k = (uint32_t)(ph - a->phase);

	for (uint32_t s = 0; ph->n > 0 && s < a->rp->nsources; s++) {
		note_prefix(a, ph, s, a->open->at);
		note_worst(&ph->end,
		    off_by(
			(share_parts)a->rp->source[s].weight[k] * ph->n, ph->samples[s]),
		    s, a->open->at);
	}
}

void
share_error_add(struct share_error *a, uint32_t s, uint64_t tokens)
{
	struct open_batch *f = a->open;
	const struct resolved *rp = a->rp;
	struct phase_error *ph;

	while (f->phase + 1 < rp->nphases && f->at == rp->phase[f->phase + 1].first) {
		close_phase(a, &a->phase[f->phase]);
		f->phase++;
	}
	ph = &a->phase[f->phase];
	note_prefix(a, ph, s, f->at);
	ph->n++;
	ph->samples[s]++;
	ph->tokens[s] += tokens;
	ph->group[rp->source[s].group]++;
	note_prefix(a, ph, s, f->at + 1);
	add_to_batch(a, s);
	f->at++;
}

void
share_error_finish(struct share_error *a)
{
	close_phase(a, &a->phase[a->open->phase]);
}

void
share_error_free(struct share_error *a)
{
	struct open_batch *f = a->open;

	if (!f)
		return;
	for (uint32_t k = 0; k < a->rp->nphases; k++) {
		free(a->phase[k].samples);
		free(a->phase[k].tokens);
		free(a->phase[k].group);
		free(f->by_weight[k]);
	}
	free(a->phase);
	free(f->drawn);
	free(f->by_weight);
	free(f->nby_weight);
	free(f->count);
	free(f->touched);
	free(f->group);
	free(f);
	*a = (struct share_error){ 0 };
}

bool
share_error_as_planned(const struct share_error *a)
{
	for (uint32_t k = 0; k < a->rp->nphases; k++) {
		const struct phase_error *ph = &a->phase[k];

		if (ph->n > 0 && ph->from == 0 &&
		    (ph->any_group.off >= SHARE_ONE ||
			2 * ph->source.off >= 3 * (share_parts)SHARE_ONE))
			return false;
		if (ph->n > 0 && ph->from > 0 &&
		    ph->end.off >= 3 * (share_parts)SHARE_ONE)
			return false;
	}
	return true;
}
