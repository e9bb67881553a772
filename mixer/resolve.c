/* resolve.c - from a plan to plan.lock: split the shares exactly, count the samples. */
#include "mixer/resolve.h"

#include <inttypes.h>
#include <stdlib.h>

#include "mixer/decimal.h"
#include "mixer/schedule.h"

__extension__ typedef unsigned __int128 wide;

/* One group in one phase. */
struct split {
	const struct plan *p;
	const char *name;
	struct lock *l;
	struct err *err;
	uint32_t phase, group;
	uint64_t given;	 /* sum of the shares that were given */
	uint64_t tokens; /* of the sources that share by tokens */
	uint32_t open;	 /* how many these are */
	uint32_t members;
};

struct claim {
	uint32_t source;
	wide rest; /* what rounding down took from it */
};

static int
by_rest(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;

	if (x->rest != y->rest)
		return x->rest > y->rest ? -1 : 1;
	return x->source < y->source ? -1 : x->source > y->source;
}

static int
off_by(const struct split *sp, uint64_t by, const char *how)
{
	struct buf b = { 0 };

	decimal_put(&b, by, SHARE_PLACES);
	buf_putc(&b, '\0');
	err_set(sp->err, EXIT_DATA,
	    "%s: phase '%s': source weights in group '%s' sum to %s too %s: make it 1, "
	    "or leave out "
	    "the weight of one",
	    sp->name, sp->p->phase[sp->phase].name, sp->p->group[sp->group].name, b.p,
	    how);
	buf_free(&b);
	return -1;
}

/* Whether the group's sources claim all of it, and no more. */
static int
check_split(struct split *sp)
{
	const struct plan *p = sp->p;

	for (uint32_t i = 0; i < p->nsources; i++) {
		uint64_t w = p->source[i].weight[sp->phase];

		if (p->source[i].group != sp->group)
			continue;
		sp->members++;
		if (w != PLAN_UNSET) {
			sp->given += w;
			continue;
		}
		sp->tokens += sp->l->source[i].tokens;
		sp->open++;
	}
	if (sp->members == 0)
		return err_set(sp->err, EXIT_DATA,
		    "%s:%u: group '%s' has no source: add one with in=%s", sp->name,
		    p->group[sp->group].line, p->group[sp->group].name,
		    p->group[sp->group].name);
	if (sp->given > SHARE_ONE)
		return off_by(sp, sp->given - SHARE_ONE, "much");
	if (sp->open == 0 && sp->given < SHARE_ONE)
		return off_by(sp, SHARE_ONE - sp->given, "little");
	if (sp->tokens > LOCK_MAX_TOKENS)
		return err_set(sp->err, EXIT_DATA,
		    "%s:%u: group '%s' has more than 2^47 tokens: give its sources "
		    "weights",
		    sp->name, p->group[sp->group].line, p->group[sp->group].name);
	return 0;
}

/*
 * Parts of the group's weight, by largest remainder: a source's claim is weight * given
 * share, or weight * what is left over * tokens / tokens of all that share so.  The
 * product stays below 2^40 * 2^40 * 2^47.
 */
static int
split_group(struct split *sp)
{
	const struct plan *p = sp->p;
	uint64_t weight = p->group[sp->group].weight[sp->phase], left = weight;
	uint64_t of;
	wide den;
	struct claim *v;
	uint32_t n = 0;
	int rc = 0;

	if (check_split(sp) < 0)
		return -1;
	of = sp->open > 0 ? sp->tokens : 1;
	den = (wide)SHARE_ONE * of;
	v = xcalloc(sp->members, sizeof *v);
	for (uint32_t i = 0; i < p->nsources; i++) {
		uint64_t w = p->source[i].weight[sp->phase], part;
		wide claim;

		if (p->source[i].group != sp->group)
			continue;
		claim = w != PLAN_UNSET ? (wide)weight * w * of
					: (wide)weight * (SHARE_ONE - sp->given) *
					      sp->l->source[i].tokens;
		part = (uint64_t)(claim / den);
		sp->l->source[i].weight[sp->phase] = part;
		left -= part;
		v[n++] = (struct claim){ i, claim % den };
		if (part == 0 && claim > 0 && rc == 0)
			rc = err_set(sp->err, EXIT_DATA,
			    "%s:%u: phase '%s': the share of source '%s' is below "
			    "10^-12: give it a "
			    "weight, or take it out",
			    sp->name, p->source[i].line, p->phase[sp->phase].name,
			    p->source[i].name);
	}
	qsort(v, n, sizeof *v, by_rest);
	for (uint32_t i = 0; i < n && left > 0; i++, left--)
		sp->l->source[v[i].source].weight[sp->phase]++;
	free(v);
	return rc;
}

int
resolve_shares(const struct plan *p, const char *name, struct lock *l, struct err *err)
{
	l->group = xcalloc(p->ngroups, sizeof *l->group);
	l->ngroups = p->ngroups;
	for (uint32_t g = 0; g < p->ngroups; g++) {
		l->group[g].name = arena_copy(&l->mem, span_of(p->group[g].name));
		l->group[g].weight =
		    arena_alloc(&l->mem, xmul(p->nphases, sizeof(uint64_t)));
		memcpy(l->group[g].weight, p->group[g].weight,
		    p->nphases * sizeof(uint64_t));
	}
	for (uint32_t i = 0; i < p->nsources; i++)
		l->source[i].weight =
		    arena_alloc(&l->mem, xmul(p->nphases, sizeof(uint64_t)));
	for (uint32_t k = 0; k < p->nphases; k++)
		for (uint32_t g = 0; g < p->ngroups; g++) {
			struct split sp = { .p = p,
				.name = name,
				.l = l,
				.err = err,
				.phase = k,
				.group = g };

			if (split_group(&sp) < 0)
				return -1;
		}
	return 0;
}

/* About 2 GiB of payload. */
static uint64_t
default_shard(const struct lock *l)
{
	uint64_t bytes = (uint64_t)l->seq * (l->vocab <= 65536 ? 2 : 4);
	uint64_t n = (UINT64_C(1) << 31) / bytes;

	return n > 0 ? n : 1;
}

int
resolve(const struct plan *p, const char *name, const char *root, struct lock *l,
    struct err *err)
{
	*l = (struct lock){ .seq = p->seq, .seed = p->seed };
	if (resolve_docs(p, name, root, l, err) < 0)
		return -1;
	l->shard = p->shard == PLAN_UNSET ? default_shard(l) : p->shard;
	if (resolve_shares(p, name, l, err) < 0)
		return -1;
	return resolve_counts(p, name, l, err);
}
