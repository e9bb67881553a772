/* resolve_shares.c - the shares of groups and sources, phase by phase, to the last part.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/num.h"
#include "mixer/plan/decimal.h"
#include "mixer/plan/resolve.h"

__extension__ typedef unsigned __int128 wide;

/* One group in one phase. */
struct group_split {
	const struct plan *p;
	const char *name;
	struct resolved *rp;
	struct err *err;
	const uint64_t *spent; /* unimax: tokens of each source in the phases before */
	uint32_t phase, group;
	struct group_source *v; /* its sources */
	uint32_t n;
	uint64_t left; /* of the group, for those whose share is open, of SHARE_ONE */
};

struct group_source {
	uint32_t source;
	uint64_t size;	/* what it counts for among those whose share is open */
	uint64_t share; /* of the group, of SHARE_ONE; unless open */
	bool open;
	wide rest; /* what rounding down took from it */
};

static int
wrong(const struct group_split *sp, const char *what, uint64_t by, const char *how)
{
	struct buf b = { 0 };

	decimal_put(&b, by, SHARE_PLACES);
	buf_putc(&b, '\0');
	err_set(sp->err, EXIT_DATA, "%s: phase '%s': %s in group '%s' sum to %s%s",
	    sp->name, sp->p->phase[sp->phase].name, what, sp->p->group[sp->group].name,
	    b.p, how);
	buf_free(&b);
	return -1;
}

static int
by_source(const struct group_split *sp, uint32_t s, const char *what)
{
	return err_set(sp->err, EXIT_DATA, "%s:%u: phase '%s': source '%s' %s", sp->name,
	    sp->p->source[s].line, sp->p->phase[sp->phase].name, sp->p->source[s].name,
	    what);
}

/* ---- what open sources count for ---- */

/* Tokens, so often as times= says; at least 1. */
static uint64_t
tokens_of(const struct group_split *sp, uint32_t s)
{
	uint64_t n = muldiv(
	    resolved_epoch_tokens(&sp->rp->source[s]), sp->p->source[s].times, CAP_ONE);

	return n > 0 ? n : 1;
}

/*
 * Tokens to the power of alpha, the largest 2^40: how XLM-R and mT5 draw languages
 * (Conneau et al. 2020; Xue et al. 2021), with alpha 0.3; the temperature is 1/alpha.
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
	uint32_t at; /* in sp->v */
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
 * UniMax (Chung et al. 2023): from the smallest source on, each takes an equal part of
 * what is left, but no more than so many epochs in the run up to here.
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
	return left < n ? 0
			: err_set(sp->err, EXIT_DATA,
			      "%s:%u: phase '%s': group '%s' is short by %" PRIu64
			      " tokens even with all its sources at their unimax: raise "
			      "it, or lower the group's weight",
			      sp->name, sp->p->group[sp->group].line,
			      sp->p->phase[sp->phase].name, sp->p->group[sp->group].name,
			      left);
}

static int
find_sizes(struct group_split *sp)
{
	const struct plan_group *g = &sp->p->group[sp->group];

	if (g->unimax != PLAN_UNSET) {
		if (sp->p->phase[sp->phase].tokens == PLAN_UNSET)
			return err_set(sp->err, EXIT_DATA,
			    "%s:%u: group '%s': unimax needs to know how long a phase "
			    "is: "
			    "give it tokens, not 'max'",
			    sp->name, g->line, g->name);
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

static wide
open_sizes(const struct group_split *sp)
{
	wide sum = 0;

	for (uint32_t i = 0; i < sp->n; i++)
		if (sp->v[i].open)
			sum += sp->v[i].size;
	return sum;
}

/* By how much the open sources lie beyond a bound, in all, in parts of SHARE_ONE * sum.
 */
static wide
excess(const struct group_split *sp, wide sum, uint64_t bound, bool above)
{
	wide by = 0;

	for (uint32_t i = 0; i < sp->n; i++) {
		wide share = (wide)sp->left * sp->v[i].size, edge = (wide)bound * sum;

		if (sp->v[i].open && (above ? share > edge : share < edge))
			by += above ? share - edge : edge - share;
	}
	return by;
}

/* Fix the shares of open sources that lie beyond a bound. */
static void
clip(struct group_split *sp, wide sum, uint64_t bound, bool above)
{
	uint64_t left = sp->left;

	for (uint32_t i = 0; i < sp->n; i++) {
		struct group_source *m = &sp->v[i];
		wide share = (wide)left * m->size, edge = (wide)bound * sum;

		if (!m->open || (above ? share <= edge : share >= edge))
			continue;
		m->open = false;
		m->share = bound;
		sp->left -= bound < sp->left ? bound : sp->left;
	}
}

/*
 * min= and max= of the group hold for the sources that have no weight of their own: all
 * others of them stay in proportion.  What one bound takes off goes to the open ones,
 * what the other gives comes from them; the bound that moves more in all is right about
 * whom it stops, the other one may not be, so it waits for the next round.
 */
static int
bound_shares(struct group_split *sp)
{
	const struct plan_group *g = &sp->p->group[sp->group];
	uint64_t sum = 0;

	for (;;) {
		wide sizes = open_sizes(sp);
		wide above = excess(sp, sizes, g->most, true);
		wide below = excess(sp, sizes, g->least, false);

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
		return wrong(sp, "weights and min=", sum, ": lower min=");
	if (open_sizes(sp) == 0 && sum < SHARE_ONE)
		return wrong(sp, "weights and max=", sum, " only: raise max=");
	return 0;
}

/* ---- exact parts ---- */

static int
by_rest(const void *a, const void *b)
{
	const struct group_source *x = a, *y = b;

	if (x->rest != y->rest)
		return x->rest > y->rest ? -1 : 1;
	return x->source < y->source ? -1 : x->source > y->source;
}

/*
 * Parts of the group's weight, by largest remainder: a source's claim is weight * its
 * share, or weight * what is left * size / sizes of all open ones.  The product stays
 * below 2^40 * 2^40 * 2^47.
 */
static int
give_parts(struct group_split *sp)
{
	uint64_t weight = sp->p->group[sp->group].weight[sp->phase], left = weight;
	wide sum = open_sizes(sp), of = sum > 0 ? sum : 1, den = (wide)SHARE_ONE * of;

	for (uint32_t i = 0; i < sp->n; i++) {
		struct group_source *m = &sp->v[i];
		wide claim = m->open ? (wide)weight * sp->left * m->size
				     : (wide)weight * m->share * of;
		uint64_t part = (uint64_t)(claim / den);

		m->rest = claim % den;
		sp->rp->source[m->source].weight[sp->phase] = part;
		left -= part;
		if (part == 0 && claim > 0)
			return by_source(sp, m->source,
			    "has a share below 10^-12: give it a weight, or take it out");
	}
	qsort(sp->v, sp->n, sizeof *sp->v, by_rest);
	for (uint32_t i = 0; i < sp->n && left > 0; i++, left--)
		sp->rp->source[sp->v[i].source].weight[sp->phase]++;
	return 0;
}

/* Whether the group's sources claim all of it, and no more. */
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
		    "%s:%u: group '%s' has no source: add one with in=%s", sp->name,
		    g->line, g->name, g->name);
	if (given > SHARE_ONE || (open == 0 && given < SHARE_ONE))
		return wrong(sp, "source weights", given,
		    ": make it 1, or leave out the weight of one");
	if (tokens > RESOLVED_MAX_TOKENS)
		return err_set(sp->err, EXIT_DATA,
		    "%s:%u: group '%s' has more than 2^47 tokens: give its sources "
		    "weights",
		    sp->name, g->line, g->name);
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
