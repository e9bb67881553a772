/* planweights.c - parses the weights of a plan, and turns relative ones into shares. */
#include <inttypes.h>
#include <stdlib.h>

#include "mixer/plan/decimal.h"
#include "mixer/plan/planfile_impl.h"

/* Times SHARE_ONE, this is below 2^128. */
#define MAX_RELATIVE ((u128)SHARE_ONE * 100 * SHARE_ONE)

static int
parse_relative(struct plan_parser *ps, struct span s, u128 *out)
{
	enum decimal_error e = decimal_parse_wide(s, SHARE_PLACES, out);

	if (e == DECIMAL_LARGE || (e == DECIMAL_OK && *out > MAX_RELATIVE))
		return plan_bad(
		    ps, "weight '%.*s': must be from 0 to 100T", quoted(s), s.p);
	if (e != DECIMAL_OK)
		return plan_decimal(ps, s, SHARE_PLACES, &(uint64_t){ 0 });
	return 0;
}

int
plan_weight(struct plan_parser *ps, struct span s, uint64_t *weight, u128 *relative)
{
	enum decimal_error e;

	*weight = PLAN_UNSET;
	if (span_eq(s, SPAN("rest")))
		return 0;
	if (relative) {
		*weight = 0;
		return parse_relative(ps, s, relative);
	}
	e = decimal_parse(s, SHARE_PLACES, weight);
	if (e == DECIMAL_LARGE || (e == DECIMAL_OK && *weight > SHARE_ONE))
		return plan_bad(ps,
		    "share '%.*s' exceeds 1: write 0.7 for 70 %%, or add 'weights "
		    "relative' above the groups",
		    quoted(s), s.p);
	return e == DECIMAL_OK ? 0 : plan_decimal(ps, s, SHARE_PLACES, weight);
}

int
plan_weights_line(struct plan_parser *ps)
{
	struct plan *p = ps->p;

	if (ps->weights)
		return plan_bad(ps, "duplicate line 'weights': keep one");
	if (p->nsources > 0)
		return plan_bad(
		    ps, "'weights' must precede the sources: move this line up");
	ps->weights = true;
	ps->weights_at = p->ngroups;
	if (ps->w.n != 2)
		return plan_bad(ps, "'weights' takes one word: write 'weights exact' or "
				    "'weights relative'");
	ps->relative = span_eq(ps->w.v[1], SPAN("relative"));
	if (!ps->relative && !span_eq(ps->w.v[1], SPAN("exact")))
		return plan_bad(ps,
		    "unknown kind of weights '%.*s': write 'weights exact' or 'weights "
		    "relative'",
		    quoted(ps->w.v[1]), ps->w.v[1].p);
	return 0;
}

/* ---- relative weights ---- */

struct remainder {
	u128 rest;
	uint32_t at;
};

static int
by_rest(const void *a, const void *b)
{
	const struct remainder *x = a, *y = b;

	if (x->rest != y->rest)
		return x->rest > y->rest ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

void
plan_divide(const u128 *weight, uint32_t n, uint64_t *share)
{
	struct remainder *v = xcalloc(n + (size_t)1, sizeof *v);
	uint64_t left = SHARE_ONE;
	u128 sum = 0;

	for (uint32_t i = 0; i < n; i++)
		sum += weight[i];
	for (uint32_t i = 0; i < n; i++) {
		share[i] = (uint64_t)(weight[i] * SHARE_ONE / sum);
		v[i] = (struct remainder){ weight[i] * SHARE_ONE % sum, i };
		left -= share[i];
	}
	qsort(v, n, sizeof *v, by_rest);
	for (uint32_t i = 0; i < left; i++)
		share[v[i].at]++;
	free(v);
}

/* The weights of one phase that are divided together: of all groups, or of one's sources.
 */
struct division {
	const struct plan *p;
	const uint32_t *member; /* groups or sources, in the order of the plan */
	uint32_t n, phase;
	bool groups;
};

static const char *
member_name(const struct division *d, uint32_t i, unsigned *line)
{
	const struct plan *p = d->p;
	uint32_t m = d->member[i];

	*line = d->groups ? p->group[m].line : p->source[m].line;
	return d->groups ? p->group[m].name : p->source[m].name;
}

static uint64_t *
member_share(const struct division *d, uint32_t i)
{
	uint32_t m = d->member[i];

	return d->groups ? &d->p->group[m].weight[d->phase]
			 : &d->p->source[m].weight[d->phase];
}

static u128
member_weight(const struct division *d, uint32_t i)
{
	uint32_t m = d->member[i];

	return d->groups ? d->p->group[m].relative[d->phase]
			 : d->p->source[m].relative[d->phase];
}

static int
bad_member(struct plan_parser *ps, const struct division *d, uint32_t i, const char *what)
{
	unsigned line;
	const char *name = member_name(d, i, &line);

	return err_set(ps->err, EXIT_DATA, "%s:%u: phase '%s': %s '%s' %s", ps->name,
	    line, d->p->phase[d->phase].name, d->groups ? "group" : "source", name, what);
}

static int
all_zero(struct plan_parser *ps, const struct division *d)
{
	const struct plan *p = d->p;
	const char *phase = p->phase[d->phase].name;

	return d->groups
		   ? err_set(ps->err, EXIT_DATA,
			 "%s: phase '%s': all group weights are 0: raise one", ps->name,
			 phase)
		   : err_set(ps->err, EXIT_DATA,
			 "%s: phase '%s': all source weights in group '%s' are 0: "
			 "raise one",
			 ps->name, phase, p->group[p->source[d->member[0]].group].name);
}

/* Divide 1 among the members.  Sources without any weight divide it by their tokens. */
static int
divide(struct plan_parser *ps, const struct division *d)
{
	u128 *weight = xcalloc(d->n, sizeof *weight), sum = 0;
	uint64_t *share = xcalloc(d->n, sizeof *share);
	uint32_t unset = 0, last = 0;
	int rc = 0;

	for (uint32_t i = 0; i < d->n; i++) {
		if (*member_share(d, i) == PLAN_UNSET) {
			unset++;
			last = i;
			continue;
		}
		weight[i] = member_weight(d, i);
		sum += weight[i];
	}
	if (unset == d->n && !d->groups)
		goto out;
	if (unset > 0) {
		rc = bad_member(ps, d, last,
		    d->groups ? "has 'rest', but relative weights leave none: write a "
				"number"
			      : "has no weight: with 'weights relative', set the weights "
				"of all sources of a group, or of none");
		goto out;
	}
	if (sum == 0) {
		rc = all_zero(ps, d);
		goto out;
	}
	plan_divide(weight, d->n, share);
	for (uint32_t i = 0; i < d->n && rc == 0; i++) {
		*member_share(d, i) = share[i];
		if (share[i] == 0 && weight[i] > 0)
			rc = bad_member(
			    ps, d, i, "has a share below 10^-12: raise its weight");
	}
out:
	free(weight);
	free(share);
	return rc;
}

static int
divide_groups(struct plan_parser *ps, uint32_t k)
{
	uint32_t *member = xcalloc(ps->p->ngroups, sizeof *member);
	struct division d = { ps->p, member, ps->p->ngroups, k, true };
	int rc;

	for (uint32_t g = 0; g < d.n; g++)
		member[g] = g;
	rc = divide(ps, &d);
	free(member);
	return rc;
}

/* A source, to sort them by group. */
struct in_group {
	uint32_t group, source;
};

static int
by_group(const void *a, const void *b)
{
	const struct in_group *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return x->source < y->source ? -1 : x->source > y->source;
}

static int
divide_sources(struct plan_parser *ps)
{
	const struct plan *p = ps->p;
	struct in_group *v = xcalloc(p->nsources, sizeof *v);
	uint32_t *member = xcalloc(p->nsources, sizeof *member);
	int rc = 0;

	for (uint32_t s = 0; s < p->nsources; s++)
		v[s] = (struct in_group){ p->source[s].group, s };
	qsort(v, p->nsources, sizeof *v, by_group);
	for (uint32_t s = 0; s < p->nsources; s++)
		member[s] = v[s].source;
	for (uint32_t k = 0; k < p->nphases && rc == 0; k++)
		for (uint32_t i = 0, end; i < p->nsources && rc == 0; i = end) {
			struct division d = { p, member + i, 0, k, false };

			for (end = i; end < p->nsources && v[end].group == v[i].group;)
				end++;
			d.n = end - i;
			rc = divide(ps, &d);
		}
	free(v);
	free(member);
	return rc;
}

/* ---- exact shares ---- */

/* Give the group of share 'rest' what the others leave, and check the sum. */
static int
share_groups(struct plan_parser *ps, uint32_t k)
{
	const struct plan *p = ps->p;
	struct plan_group *rest = NULL;
	char text[DECIMAL_TEXT];
	uint64_t sum = 0;

	for (uint32_t g = 0; g < p->ngroups; g++) {
		if (p->group[g].weight[k] != PLAN_UNSET) {
			sum += p->group[g].weight[k];
			continue;
		}
		if (rest)
			return err_set(ps->err, EXIT_DATA,
			    "%s:%u: phase '%s': groups '%s' and '%s' both have the rest: "
			    "keep one",
			    ps->name, p->group[g].line, p->phase[k].name, rest->name,
			    p->group[g].name);
		rest = &p->group[g];
	}
	if (rest && sum <= SHARE_ONE) {
		rest->weight[k] = SHARE_ONE - sum;
		sum = SHARE_ONE;
	}
	if (sum != SHARE_ONE)
		return err_set(ps->err, EXIT_DATA,
		    "%s: phase '%s': group shares sum to %s, not to 1: adjust them, or "
		    "add 'weights relative' above the groups",
		    ps->name, p->phase[k].name, decimal_text(sum, SHARE_PLACES, text));
	return 0;
}

int
plan_check_weights(struct plan_parser *ps)
{
	const struct plan *p = ps->p;

	for (uint32_t k = 0; k < p->nphases; k++)
		if ((p->group[0].relative ? divide_groups : share_groups)(ps, k) < 0)
			return -1;
	return p->source[0].relative ? divide_sources(ps) : 0;
}
