/*
 * group_schedule.c - the order of samples in a blend: groups first, then their sources.
 *
 * The turns of the groups are those of schedule.h: a group is less than 1 turn off.  Of
 * its n turns, a source with more than half of the group's share v gets v n, rounded; it
 * is at most 1/2 turn off.  The rest of the group shares the other turns in the same way,
 * until no source has more than half.  These take turns as in schedule.h, and are less
 * than 1 turn off.
 *
 * Let E be the error of what is left of a group, at first that of the group.  A source of
 * share v > 1/2 of it is off by at most 1/2 + v E, the rest by at most 1/2 + (1 - v) E.
 * Since E < 1 at first, it stays below 1.  A source of share v <= 1/2 of the last rest is
 * off by less than 1 + v E.  So no source is off by 1.5 or more.
 */
#include "mixer/plan/group_schedule.h"

#include <stdlib.h>

#include "lib/base/mem.h"
#include "lib/base/num.h"
#include "mixer/plan/schedule.h"

/* A source that has more than half of what is left of its group. */
struct dominant {
	uint32_t source;
	uint64_t share, whole; /* of the source, and of all that is left */
	uint64_t carry;	       /* (2 share n + whole) mod 2 whole, after n turns */
};

struct group_turns {
	struct dominant *dominant; /* by descending share */
	uint32_t ndominant;
	uint32_t *member; /* the others, ascending */
	uint32_t n;
	struct schedule *order; /* of the others; NULL: fewer than two */
	uint64_t *count;	/* of the others, scratch */
};

struct group_schedule {
	struct schedule *groups;
	struct group_turns *of;
	uint32_t nsources, n, parts; /* n: groups */
	uint64_t *turns;	     /* of each group, scratch */
};

/* ---- set-up ---- */

struct ranked {
	uint64_t share;
	uint32_t source;
};

static int
larger_first(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->share != y->share)
		return x->share < y->share ? 1 : -1;
	return x->source < y->source ? -1 : 1;
}

static int
lower_first(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return x->source < y->source ? -1 : x->source > y->source;
}

/* v: the sources of the group with a share, n of them. */
static void
start_group(struct group_schedule *g, struct group_turns *t, struct ranked *v, uint32_t n)
{
	uint64_t left = 0, *part;
	uint32_t k = 0;

	for (uint32_t i = 0; i < n; i++)
		left += v[i].share;
	qsort(v, n, sizeof *v, larger_first);
	t->dominant = xcalloc(n + (size_t)1, sizeof *t->dominant);
	for (; k + 1 < n && v[k].share > left / 2; k++) {
		t->dominant[k] = (struct dominant){
			.source = v[k].source, .share = v[k].share, .whole = left
		};
		left -= v[k].share;
	}
	t->ndominant = k;
	t->n = n - k;
	t->member = xcalloc(t->n + (size_t)1, sizeof *t->member);
	t->count = xcalloc(t->n + (size_t)1, sizeof *t->count);
	part = xcalloc(t->n + (size_t)1, sizeof *part);
	qsort(v + k, t->n, sizeof *v, lower_first);
	for (uint32_t i = 0; i < t->n; i++) {
		t->member[i] = v[k + i].source;
		part[i] = v[k + i].share;
	}
	if (t->n > 1) {
		t->order = schedule_new(left, part, t->n);
		g->parts++;
	}
	free(part);
}

struct group_schedule *
group_schedule_new(uint64_t unit, const uint64_t *share, const uint32_t *group,
    uint32_t n, uint32_t groups)
{
	struct group_schedule *g = xcalloc(1, sizeof *g);
	struct ranked *v = xcalloc(n + (size_t)1, sizeof *v);
	uint64_t *sum = xcalloc(groups + (size_t)1, sizeof *sum);
	uint64_t *none = xcalloc(n + (size_t)1, sizeof *none);

	g->nsources = n;
	g->n = groups;
	g->parts = 1;
	g->of = xcalloc(groups + (size_t)1, sizeof *g->of);
	g->turns = xcalloc(groups + (size_t)1, sizeof *g->turns);
	for (uint32_t s = 0; s < n; s++)
		sum[group[s]] += share[s];
	for (uint32_t k = 0; k < groups; k++) {
		uint32_t members = 0;

		for (uint32_t s = 0; s < n; s++)
			if (group[s] == k && share[s] > 0)
				v[members++] = (struct ranked){ share[s], s };
		start_group(g, &g->of[k], v, members);
	}
	g->groups = schedule_new(unit, sum, groups);
	group_schedule_seek(g, 0, none);
	free(v);
	free(sum);
	free(none);
	return g;
}

void
group_schedule_free(struct group_schedule *g)
{
	if (!g)
		return;
	for (uint32_t k = 0; k < g->n; k++) {
		schedule_free(g->of[k].order);
		free(g->of[k].dominant);
		free(g->of[k].member);
		free(g->of[k].count);
	}
	schedule_free(g->groups);
	free(g->of);
	free(g->turns);
	free(g);
}

/* ---- from counts to state ---- */

/* share * n / whole, rounded: what a dominant source has had of n turns. */
static uint64_t
rounded(const struct dominant *d, uint64_t n)
{
	return (uint64_t)(((u128)d->share * n * 2 + d->whole) / (2 * (u128)d->whole));
}

/* Distribute counts of all sources to the groups. */
static void
gather(struct group_schedule *g, const uint64_t *count)
{
	for (uint32_t k = 0; k < g->n; k++) {
		struct group_turns *t = &g->of[k];

		g->turns[k] = 0;
		for (uint32_t i = 0; i < t->ndominant; i++)
			g->turns[k] += count[t->dominant[i].source];
		for (uint32_t i = 0; i < t->n; i++) {
			t->count[i] = count[t->member[i]];
			g->turns[k] += t->count[i];
		}
	}
}

/* Of n turns of a group, those left to the sources that are not dominant. */
static uint64_t
turns_of_others(const struct group_turns *t, uint64_t n)
{
	for (uint32_t i = 0; i < t->ndominant; i++)
		n -= rounded(&t->dominant[i], n);
	return n;
}

static bool
group_near(const struct group_turns *t, uint64_t n, const uint64_t *count)
{
	for (uint32_t i = 0; i < t->ndominant; i++) {
		uint64_t had = rounded(&t->dominant[i], n);

		if (count[t->dominant[i].source] != had)
			return false;
		n -= had;
	}
	return !t->order || schedule_near(t->order, n, t->count);
}

bool
group_schedule_near(struct group_schedule *g, uint64_t slot, const uint64_t *count)
{
	gather(g, count);
	if (!schedule_near(g->groups, slot, g->turns))
		return false;
	for (uint32_t k = 0; k < g->n; k++)
		if (!group_near(&g->of[k], g->turns[k], count))
			return false;
	return true;
}

void
group_schedule_seek(struct group_schedule *g, uint64_t slot, const uint64_t *count)
{
	gather(g, count);
	schedule_seek(g->groups, slot, g->turns);
	for (uint32_t k = 0; k < g->n; k++) {
		struct group_turns *t = &g->of[k];
		uint64_t n = g->turns[k];

		for (uint32_t i = 0; i < t->ndominant; i++) {
			struct dominant *d = &t->dominant[i];

			d->carry = (uint64_t)(((u128)d->share * n * 2 + d->whole) %
					      (2 * (u128)d->whole));
			n -= rounded(d, n);
		}
		if (t->order)
			schedule_seek(t->order, n, t->count);
	}
}

uint32_t
group_schedule_next(struct group_schedule *g)
{
	struct group_turns *t = &g->of[schedule_next(g->groups)];

	for (uint32_t i = 0; i < t->ndominant; i++) {
		struct dominant *d = &t->dominant[i];

		d->carry += 2 * d->share;
		if (d->carry >= 2 * d->whole) {
			d->carry -= 2 * d->whole;
			return d->source;
		}
	}
	return t->member[t->order ? schedule_next(t->order) : 0];
}

/* ---- far jumps ---- */

/* The counts of the sources of a group after n turns. */
static bool
jump_group(struct group_turns *t, uint64_t n, uint64_t run_up, uint64_t *count)
{
	uint64_t others = turns_of_others(t, n);

	for (uint32_t i = 0; i < t->ndominant; i++) {
		count[t->dominant[i].source] = rounded(&t->dominant[i], n);
		n -= count[t->dominant[i].source];
	}
	if (!t->order && t->n > 0)
		t->count[0] = others;
	else if (t->order && !schedule_jump(t->order, others, run_up, t->count))
		return false;
	for (uint32_t i = 0; i < t->n; i++)
		count[t->member[i]] = t->count[i];
	return true;
}

bool
group_schedule_jump(
    struct group_schedule *g, uint64_t slot, uint64_t run_up, uint64_t *count)
{
	if (!schedule_jump(g->groups, slot, run_up, g->turns))
		return false;
	for (uint32_t s = 0; s < g->nsources; s++)
		count[s] = 0;
	for (uint32_t k = 0; k < g->n; k++)
		if (!jump_group(&g->of[k], g->turns[k], run_up, count))
			return false;
	return true;
}

uint32_t
group_schedule_parts(const struct group_schedule *g)
{
	return g->parts;
}
