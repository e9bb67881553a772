/*
 * schedule.c - in which order the sources of a blend take their turns.
 *
 * Groups.  Slots count from 1.  A group of share W (a fraction of 1) gets its unit j in a
 * slot of the window floor((j-1)/W)+1 .. ceil(j/W): then its count after t slots differs
 * from W t by less than 1, whatever t.  Windows that end by b and begin after a are at
 * most floor(W b) - ceil(W a) of one group, so at most b - a of all; hence the earliest
 * deadline first always meets every window (Baruah, Cohen, Plaxton and Varvel 1996,
 * "Proportionate progress").
 *
 * Sources.  To give the sources of a group such windows of their own does not work:
 * groups would have to move in step with the tightest of their sources ([50 1] [38 3] [4
 * 3 1] of 100 misses a window at slot 50; real-time people know it as the supertask
 * problem).  So each group keeps a clock that runs between the slots and its own count.
 * At its unit k, in slot t, it shows T = (k/W + t)/2.  Of its sources those are eligible
 * that have had fewer than w T samples; some one is, since their counts sum to k-1 < W T.
 * The one whose next unit j has the earliest deadline j/w takes the turn. Never early:
 * after it, its count is below w T + 1, and w T - w t = a (k - W t)/2 < a/2, a = w/W.
 *   Never late:  take a unit of deadline d, and the last unit A of the group before it
 * that went to a later deadline, its clock at T'.  All sources with deadlines up to d had
 * their w T' then, so the group can spend at most W (d - T') units before ours is
 * served, and W T' > A - 1/2: ours is at most the group's unit W d + 1/2.  That one comes
 * by slot ceil(d + 1/(2W)), so a source waits less than 1 + a/2 behind w t. Both bounds
 * are below 1.5; with one source they are the group's.
 *
 * The order depends on the shares alone: a longer run begins like a shorter one.
 */
#include "mixer/schedule.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

#include "lib/mem.h"

__extension__ typedef unsigned __int128 wide;

struct node {
	wide key;
	uint32_t id;
};

struct heap {
	struct node *v;
	uint32_t n;
};

/* Multiples of num/den by adding only: whole + rest/den = j * num/den. */
struct steps {
	wide whole, step;
	uint64_t rest, step_rest, den;
};

struct turn {
	struct steps at; /* of the next unit j: j * step */
	wide release;	 /* of the next unit: (j-1) * step, rounded down */
};

struct group {
	uint64_t share, count;
	struct turn turn;	    /* in slots */
	struct heap ready, waiting; /* of its sources, by their turns */
};

struct schedule {
	uint64_t unit, slot; /* slot: the last one given away */
	struct group *group;
	struct turn *source; /* in the clock's scale: T * 2 * unit * share */
	uint32_t *of;
	uint32_t ngroups;
	struct heap ready, waiting; /* of groups */
};

static bool
before(struct node a, struct node b)
{
	return a.key != b.key ? a.key < b.key : a.id < b.id;
}

static void
heap_push(struct heap *h, wide key, uint32_t id)
{
	struct node x = { key, id };
	uint32_t i = h->n++;

	for (; i > 0 && before(x, h->v[(i - 1) / 2]); i = (i - 1) / 2)
		h->v[i] = h->v[(i - 1) / 2];
	h->v[i] = x;
}

static uint32_t
heap_pop(struct heap *h)
{
	uint32_t id = h->v[0].id, i = 0, kid;
	struct node x = h->v[--h->n];

	for (; (kid = 2 * i + 1) < h->n; i = kid) {
		if (kid + 1 < h->n && before(h->v[kid + 1], h->v[kid]))
			kid++;
		if (!before(h->v[kid], x))
			break;
		h->v[i] = h->v[kid];
	}
	h->v[i] = x;
	return id;
}

static void
turn_init(struct turn *t, wide num, uint64_t den)
{
	t->release = 0;
	t->at.step = t->at.whole = num / den;
	t->at.step_rest = t->at.rest = (uint64_t)(num % den);
	t->at.den = den;
}

/* Its unit was served: on to the next. */
static void
turn_next(struct turn *t)
{
	struct steps *s = &t->at;

	t->release = s->whole;
	s->whole += s->step;
	s->rest += s->step_rest;
	if (s->rest >= s->den) {
		s->rest -= s->den;
		s->whole++;
	}
}

static wide
turn_deadline(const struct turn *t)
{
	return t->at.whole + (t->at.rest > 0);
}

/* Those whose time has come: released before `now`. */
static void
admit(struct heap *waiting, struct heap *ready, wide now, const struct schedule *s,
    bool groups)
{
	while (waiting->n > 0 && waiting->v[0].key < now) {
		uint32_t id = heap_pop(waiting);
		const struct turn *t = groups ? &s->group[id].turn : &s->source[id];

		heap_push(ready, turn_deadline(t), id);
	}
}

static struct heap
heap_new(uint32_t n)
{
	return (struct heap){ xcalloc(n + (size_t)1, sizeof(struct node)), 0 };
}

struct schedule *
schedule_new(uint64_t unit, const uint64_t *group, uint32_t ngroups,
    const uint64_t *source, const uint32_t *of, uint32_t nsources)
{
	struct schedule *s = xcalloc(1, sizeof *s);
	uint32_t *members = xcalloc(ngroups + (size_t)1, sizeof *members);

	assert(unit > 0 && unit <= SCHEDULE_MAX);
	s->unit = unit;
	s->ngroups = ngroups;
	s->group = xcalloc(ngroups + (size_t)1, sizeof *s->group);
	s->source = xcalloc(nsources + (size_t)1, sizeof *s->source);
	s->of = xcalloc(nsources + (size_t)1, sizeof *s->of);
	s->ready = heap_new(ngroups);
	s->waiting = heap_new(ngroups);
	for (uint32_t i = 0; i < nsources; i++)
		members[of[i]]++;
	for (uint32_t g = 0; g < ngroups; g++) {
		struct group *p = &s->group[g];

		p->share = group[g];
		p->ready = heap_new(members[g]);
		p->waiting = heap_new(members[g]);
		if (!group[g])
			continue;
		turn_init(&p->turn, unit, group[g]);
		heap_push(&s->waiting, 0, g);
	}
	for (uint32_t i = 0; i < nsources; i++) {
		s->of[i] = of[i];
		if (!source[i])
			continue;
		turn_init(&s->source[i], (wide)2 * unit * group[of[i]], source[i]);
		heap_push(&s->group[of[i]].waiting, 0, i);
	}
	free(members);
	return s;
}

void
schedule_free(struct schedule *s)
{
	if (!s)
		return;
	for (uint32_t g = 0; g < s->ngroups; g++) {
		free(s->group[g].ready.v);
		free(s->group[g].waiting.v);
	}
	free(s->ready.v);
	free(s->waiting.v);
	free(s->group);
	free(s->source);
	free(s->of);
	free(s);
}

uint32_t
schedule_next(struct schedule *s)
{
	struct group *g;
	uint32_t id, i;
	wide clock;

	s->slot++;
	admit(&s->waiting, &s->ready, s->slot, s, true);
	assert(s->ready.n > 0);
	id = heap_pop(&s->ready);
	g = &s->group[id];
	turn_next(&g->turn);
	heap_push(&s->waiting, g->turn.release, id);

	g->count++;
	clock = (wide)g->count * s->unit + (wide)s->slot * g->share;
	admit(&g->waiting, &g->ready, clock, s, false);
	assert(g->ready.n > 0);
	i = heap_pop(&g->ready);
	turn_next(&s->source[i]);
	heap_push(&g->waiting, s->source[i].release, i);
	return i;
}
