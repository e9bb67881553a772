/* resolve_shares.c - splits the weights of groups among their sources, phase by phase. */
#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/num.h"
#include "mixer/plan/decimal.h"
#include "mixer/plan/resolve.h"

/* One group in one phase. */
struct group_split {
	const struct plan *p;
	const char *name;
	struct resolved *rp;
	struct err *err;
	const uint64_t *spent; /* tokens of each source in earlier phases, for unimax */
	uint32_t phase, group;
	struct group_source *v; /* its sources */
	uint32_t n;
	uint64_t left; /* share of the group left for open sources, in 1 / SHARE_ONE */
};

struct group_source {
	uint32_t source;
	uint64_t size;	/* relative size among the open sources */
	uint64_t share; /* of the group, in 1 / SHARE_ONE, once not open */
	bool open;
	u128 rest; /* remainder of the division that rounded it down */
};

static int
bad_sum(const struct group_split *sp, const char *what, uint64_t by, const char *how)
{
	char text[DECIMAL_TEXT];

	return err_set(sp->err, EXIT_DATA, "%s: phase '%s': %s in group '%s' sum to %s%s",
	    sp->name, sp->p->phase[sp->phase].name, what, sp->p->group[sp->group].name,
	    decimal_text(by, SHARE_PLACES, text), how);
}

static int
by_source(const struct group_split *sp, uint32_t s, const char *what)
{
	return err_set(sp->err, EXIT_DATA, "%s:%u: phase '%s': source '%s' %s", sp->name,
	    sp->p->source[s].line, sp->p->phase[sp->phase].name, sp->p->source[s].name,
	    what);
}

/* ---- relative sizes of open sources ---- */

/* Tokens of an epoch, scaled by times=; at least 1. */
static uint64_t
tokens_of(const struct group_split *sp, uint32_t s)
{
	uint64_t n = muldiv(
	    resolved_epoch_tokens(&sp->rp->source[s]), sp->p->source[s].times, CAP_ONE);

	return n > 0 ? n : 1;
}

/*
 * Sizes proportional to tokens^alpha, the largest 2^40.  XLM-R and mT5 sample languages
 * this way, with alpha 0.3 (Conneau et al. 2020; Xue et al. 2021).
 */
static void
sizes_by_alpha(struct group_split *sp, double alpha)
{
	double most = 0;

	for (uint32_t i = 0; i < sp->n; i++) {
		double ln = num_ln((double)tokens_of(sp, sp->v[i].source));

		if (sp->v[i].open && ln > most)
			most = ln;
	}
	for (uint32_t i = 0; i < sp->n; i++) {
		double ln = num_ln((double)tokens_of(sp, sp->v[i].source));

		sp->v[i].size = (uint64_t)(num_exp(alpha * (ln - most)) * 0x1p40);
		if (sp->v[i].size == 0)
			sp->v[i].size = 1;
	}
}

struct budget {
	uint32_t at; /* index in sp->v */
	uint64_t most;
};

static int
by_most(const void *a, const void *b)
{
	const struct budget *x = a, *y = b;

	if (x->most != y->most)
		return x->most < y->most ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/*
 * UniMax (Chung et al. 2023): from the smallest source up, each takes an equal part of
 * the tokens left, at most `epochs` epochs of it in the run so far.
 */
static int
sizes_by_unimax(struct group_split *sp, uint64_t epochs)
{
	const struct resolved_phase *ph = &sp->rp->phase[sp->phase];
	uint64_t weight = sp->p->group[sp->group].weight[sp->phase];
	uint64_t tokens = ph->samples * ph->seq, left;
	struct budget *b = xcalloc(sp->n, sizeof *b);
	uint32_t n = 0;

	left = muldiv(muldiv(tokens, weight, SHARE_ONE), sp->left, SHARE_ONE);
	for (uint32_t i = 0; i < sp->n; i++) {
		uint32_t s = sp->v[i].source;
		uint64_t most = muldiv(tokens_of(sp, s), epochs, CAP_ONE);

		if (sp->v[i].open)
			b[n++] = (struct budget){ i,
				most > sp->spent[s] ? most - sp->spent[s] : 0 };
	}
	qsort(b, n, sizeof *b, by_most);
	for (uint32_t i = 0; i < n; i++) {
		uint64_t even = left / (n - i),
			 take = even < b[i].most ? even : b[i].most;

		sp->v[b[i].at].size = take;
		left -= take;
	}
	free(b);
	return left < n
		   ? 0
		   : err_set(sp->err, EXIT_DATA,
			 "%s:%u: phase '%s': group '%s' lacks %" PRIu64
			 " tokens with every source at its unimax=: raise unimax= or "
			 "lower the weight of the group",
			 sp->name, sp->p->group[sp->group].line,
			 sp->p->phase[sp->phase].name, sp->p->group[sp->group].name,
			 left);
}

static int
find_sizes(struct group_split *sp)
{
	const struct plan_group *g = &sp->p->group[sp->group];
	uint32_t open = 0;

	for (uint32_t i = 0; i < sp->n; i++)
		open += sp->v[i].open;
	if (open == 0)
		return 0;
	if (g->unimax != PLAN_UNSET) {
		if (sp->p->phase[sp->phase].tokens == PLAN_UNSET)
			return err_set(sp->err, EXIT_DATA,
			    "%s:%u: group '%s': unimax= cannot be combined with 'max' "
			    "tokens in phase '%s': give the phase a number",
			    sp->name, g->line, g->name, sp->p->phase[sp->phase].name);
		return sizes_by_unimax(sp, g->unimax);
	}
	if (g->alpha < 1)
		sizes_by_alpha(sp, g->alpha);
	else
		for (uint32_t i = 0; i < sp->n; i++)
			sp->v[i].size = tokens_of(sp, sp->v[i].source);
	return 0;
}

/* ---- bounds ---- */

static u128
open_sizes(const struct group_split *sp)
{
	u128 sum = 0;

	for (uint32_t i = 0; i < sp->n; i++)
		if (sp->v[i].open)
			sum += sp->v[i].size;
	return sum;
}

/* The sum over open sources of the excess beyond a bound, in 1 / (SHARE_ONE * sum). */
static u128
excess(const struct group_split *sp, u128 sum, uint64_t bound, bool above)
{
	u128 by = 0;

	for (uint32_t i = 0; i < sp->n; i++) {
		u128 share = (u128)sp->left * sp->v[i].size, edge = (u128)bound * sum;

		if (sp->v[i].open && (above ? share > edge : share < edge))
			by += above ? share - edge : edge - share;
	}
	return by;
}

/* Close the open sources beyond a bound at that bound. */
static void
clip(struct group_split *sp, u128 sum, uint64_t bound, bool above)
{
	uint64_t left = sp->left;

	for (uint32_t i = 0; i < sp->n; i++) {
		struct group_source *m = &sp->v[i];
		u128 share = (u128)left * m->size, edge = (u128)bound * sum;

		if (!m->open || (above ? share <= edge : share >= edge))
			continue;
		m->open = false;
		m->share = bound;
		sp->left -= bound < sp->left ? bound : sp->left;
	}
}

/*
 * Apply min= and max= of the group to its sources without a weight; the shares between
 * the bounds stay proportional.  A source closed at max= leaves share to the open ones,
 * one closed at min= takes share from them.  The bound with the larger total excess
 * closes only sources that stay at it in the end.  The other one might not, so it waits
 * for the next iteration.
 */
static int
bound_shares(struct group_split *sp)
{
	const struct plan_group *g = &sp->p->group[sp->group];
	uint64_t sum = 0;

	for (;;) {
		u128 sizes = open_sizes(sp);
		u128 above = excess(sp, sizes, g->most, true);
		u128 below = excess(sp, sizes, g->least, false);

		if (above == 0 && below == 0)
			break;
		if (above >= below)
			clip(sp, sizes, g->most, true);
		if (below > above)
			clip(sp, sizes, g->least, false);
	}
	for (uint32_t i = 0; i < sp->n; i++)
		if (!sp->v[i].open)
			sum += sp->v[i].share;
	if (sum > SHARE_ONE)
		return bad_sum(sp, "weights and min=", sum, ", more than 1: lower min=");
	if (open_sizes(sp) == 0 && sum < SHARE_ONE)
		return bad_sum(sp, "weights and max=", sum, ", less than 1: raise max=");
	return 0;
}

/* ---- rounding to units of 1 / SHARE_ONE ---- */

static int
by_rest(const void *a, const void *b)
{
	const struct group_source *x = a, *y = b;

	if (x->rest != y->rest)
		return x->rest > y->rest ? -1 : 1;
	return x->source < y->source ? -1 : x->source > y->source;
}

/*
 * Largest remainder method.  The claim of a source is weight * share, or weight * left *
 * size / sum for an open one.  Products stay below 2^40 * 2^40 * 2^47.
 */
static int
give_parts(struct group_split *sp)
{
	uint64_t weight = sp->p->group[sp->group].weight[sp->phase], left = weight;
	u128 sum = open_sizes(sp), of = sum > 0 ? sum : 1, den = (u128)SHARE_ONE * of;

	for (uint32_t i = 0; i < sp->n; i++) {
		struct group_source *m = &sp->v[i];
		u128 claim = m->open ? (u128)weight * sp->left * m->size
				     : (u128)weight * m->share * of;
		uint64_t part = (uint64_t)(claim / den);

		m->rest = claim % den;
		sp->rp->source[m->source].weight[sp->phase] = part;
		left -= part;
		if (part == 0 && claim > 0)
			return by_source(
			    sp, m->source, "has a share below 10^-12: set its weight");
	}
	qsort(sp->v, sp->n, sizeof *sp->v, by_rest);
	for (uint32_t i = 0; i < sp->n && left > 0; i++, left--)
		sp->rp->source[sp->v[i].source].weight[sp->phase]++;
	return 0;
}

/* Check that the sources of the group claim all of it and no more. */
static int
check_split(struct group_split *sp)
{
	const struct plan_group *g = &sp->p->group[sp->group];
	uint64_t given = 0, tokens = 0;
	uint32_t open = 0;

	for (uint32_t i = 0; i < sp->n; i++) {
		given += sp->v[i].open ? 0 : sp->v[i].share;
		open += sp->v[i].open;
		tokens += sp->v[i].open ? tokens_of(sp, sp->v[i].source) : 0;
	}
	if (sp->n == 0)
		return err_set(sp->err, EXIT_DATA,
		    "%s:%u: group '%s' has no sources: add one with in=%s", sp->name,
		    g->line, g->name, g->name);
	if (given > SHARE_ONE || (open == 0 && given < SHARE_ONE))
		return bad_sum(sp, "source weights", given,
		    ", not to 1: adjust them, omit one of them, or add 'weights "
		    "relative' above the sources");
	if (tokens > RESOLVED_MAX_TOKENS)
		return err_set(sp->err, EXIT_DATA,
		    "%s:%u: group '%s' has %" PRIu64
		    " tokens, the limit without weights is 2^47: set the weights of its "
		    "sources",
		    sp->name, g->line, g->name, tokens);
	sp->left = SHARE_ONE - given;
	return 0;
}

static int
split_group(struct group_split *sp)
{
	const struct plan *p = sp->p;
	int rc;

	sp->v = xcalloc(p->nsources, sizeof *sp->v);
	sp->n = 0;
	for (uint32_t i = 0; i < p->nsources; i++) {
		uint64_t w = p->source[i].weight[sp->phase];

		if (p->source[i].group == sp->group)
			sp->v[sp->n++] = (struct group_source){
				.source = i, .open = w == PLAN_UNSET, .share = w
			};
	}
	rc = check_split(sp);
	if (rc == 0)
		rc = find_sizes(sp);
	if (rc == 0)
		rc = bound_shares(sp);
	if (rc == 0)
		rc = give_parts(sp);
	free(sp->v);
	return rc;
}

static void
name_groups(const struct plan *p, struct resolved *rp)
{
	size_t size = xmul(p->nphases, sizeof(uint64_t));

	rp->group = xcalloc(p->ngroups, sizeof *rp->group);
	rp->ngroups = p->ngroups;
	for (uint32_t g = 0; g < p->ngroups; g++) {
		rp->group[g].name = arena_copy(&rp->mem, span_of(p->group[g].name));
		rp->group[g].weight = arena_alloc(&rp->mem, size);
		memcpy(rp->group[g].weight, p->group[g].weight, size);
	}
	for (uint32_t i = 0; i < p->nsources; i++)
		rp->source[i].weight = arena_alloc(&rp->mem, size);
}

int
resolve_shares(
    const struct plan *p, const char *name, struct resolved *rp, struct err *err)
{
	uint64_t *spent = xcalloc(p->nsources, sizeof *spent);
	int rc = 0;

	name_groups(p, rp);
	for (uint32_t k = 0; k < p->nphases && rc == 0; k++) {
		for (uint32_t g = 0; g < p->ngroups && rc == 0; g++) {
			struct group_split sp = { .p = p,
				.name = name,
				.rp = rp,
				.err = err,
				.spent = spent,
				.phase = k,
				.group = g };

			rc = split_group(&sp);
		}
		for (uint32_t s = 0; s < p->nsources && rc == 0; s++)
			spent[s] += muldiv(rp->phase[k].samples * rp->phase[k].seq,
			    rp->source[s].weight[k], SHARE_ONE);
	}
	free(spent);
	return rc;
}
