/*
 * schedule.c - the order in which a run takes samples from its sources.
 *
 * Slots count from 1.  The j-th sample of a source of share w (a fraction of 1) gets a
 * slot in the window floor((j-1)/w)+1 .. ceil(j/w).  Then its count after t slots differs
 * from w * t by less than 1 for every t.  At most floor(w b) - ceil(w a) windows of one
 * source begin after slot a and end by slot b, so at most b - a of all sources do.
 * Therefore earliest deadline first meets every window (Tijdeman 1980, "The chairman
 * assignment problem"; Baruah, Cohen, Plaxton and Varvel 1996, "Proportionate
 * progress").  Ties go to the lower source number.
 *
 * The state after t slots follows from the counts alone, so a run can be entered at any
 * shard.  The order depends on the shares alone, so a longer run begins like a shorter
 * one.
 *
 * Released sources wait in a calendar of RING slots by deadline, the others in a calendar
 * by release.  A heap holds what is beyond each calendar, so a step costs the same for 3
 * sources as for 200.
 */
#include "mixer/plan/schedule.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/num.h"

enum {
	RING = 1024,
	WORDS = RING / 64,
	NO_SOURCE = SCHEDULE_MAX_SOURCES,
	ID_BITS = 12,
};

/*
 * The window of a source's next sample, number j: j * unit / share = whole + rest /
 * share.
 */
struct turn {
	uint64_t whole, rest;
	uint64_t step, step_rest, share;
	uint64_t release; /* first slot of the window */
};

/* Keys are slot << ID_BITS | source, so they sort by slot, then source. */
struct heap {
	uint64_t *v;
	uint32_t n;
};

struct schedule {
	uint64_t unit, slot; /* slot: the last one served */
	uint32_t n;
	struct turn *turn;
	uint16_t *next;	      /* links of the lists below */
	uint16_t due[RING];   /* released, by deadline modulo RING, ascending */
	uint16_t wait[RING];  /* not yet released, by release modulo RING */
	uint64_t some[WORDS]; /* bitmap of the nonempty lists of due */
	uint64_t some_words;
	struct heap due_other, wait_far; /* due_other: overdue, or beyond the calendar */
};

static void
heap_push(struct heap *h, uint64_t slot, uint32_t id)
{
	uint64_t key = slot << ID_BITS | id;
	uint32_t i = h->n++;

	for (; i > 0 && key < h->v[(i - 1) / 2]; i = (i - 1) / 2)
		h->v[i] = h->v[(i - 1) / 2];
	h->v[i] = key;
}

static uint32_t
heap_pop(struct heap *h)
{
	uint64_t top = h->v[0], x = h->v[--h->n];
	uint32_t i = 0, kid;

	for (; (kid = 2 * i + 1) < h->n; i = kid) {
		if (kid + 1 < h->n && h->v[kid + 1] < h->v[kid])
			kid++;
		if (h->v[kid] >= x)
			break;
		h->v[i] = h->v[kid];
	}
	h->v[i] = x;
	return (uint32_t)(top & (NO_SOURCE - 1));
}

static uint64_t
deadline(const struct turn *t)
{
	return t->whole + (t->rest > 0);
}

/* Move on to the source's next sample; its window opens where this one ended. */
static void
turn_next(struct turn *t)
{
	t->release = t->whole + 1;
	t->whole += t->step;
	t->rest += t->step_rest;
	if (t->rest >= t->share) {
		t->rest -= t->share;
		t->whole++;
	}
}

/* Queue a released source by its deadline. */
static void
put_due(struct schedule *s, uint32_t i)
{
	uint64_t d = deadline(&s->turn[i]);
	uint32_t at = (uint32_t)d % RING;
	uint16_t *p = &s->due[at];

	if (d - s->slot >= RING) {
		heap_push(&s->due_other, d, i);
		return;
	}
	while (*p < i)
		p = &s->next[*p];
	s->next[i] = *p;
	*p = (uint16_t)i;
	s->some[at / 64] |= UINT64_C(1) << at % 64;
	s->some_words |= UINT64_C(1) << at / 64;
}

static void
put_wait(struct schedule *s, uint32_t i)
{
	uint64_t release = s->turn[i].release;
	uint16_t *p = &s->wait[release % RING];

	if (release >= s->slot + RING) {
		heap_push(&s->wait_far, release, i);
		return;
	}
	s->next[i] = *p;
	*p = (uint16_t)i;
}

static uint32_t
take_first(struct schedule *s, uint32_t at)
{
	uint32_t i = s->due[at];

	s->due[at] = s->next[i];
	if (s->due[at] == NO_SOURCE) {
		s->some[at / 64] &= ~(UINT64_C(1) << at % 64);
		if (!s->some[at / 64])
			s->some_words &= ~(UINT64_C(1) << at / 64);
	}
	return i;
}

/* The first nonempty list of due from the current slot on, cyclically; RING if none. */
static uint32_t
first_due(const struct schedule *s)
{
	uint32_t from = (uint32_t)(s->slot % RING), w = from / 64;
	uint64_t word = s->some[w] >> from % 64, later;

	if (word)
		return from + (uint32_t)__builtin_ctzll(word);
	if (!s->some_words)
		return RING;
	later = s->some_words & ~((UINT64_C(2) << w) - 1);
	w = (uint32_t)__builtin_ctzll(later ? later : s->some_words);
	return w * 64 + (uint32_t)__builtin_ctzll(s->some[w]);
}

/*
 * Remove and return the source with the earliest deadline; NO_SOURCE if none is released.
 */
static uint32_t
take_due(struct schedule *s)
{
	uint32_t at = first_due(s);

	if (s->due_other.n > 0) {
		uint64_t ahead = (at + RING - s->slot % RING) % RING;

		if (at == RING ||
		    s->due_other.v[0] < ((s->slot + ahead) << ID_BITS | s->due[at]))
			return heap_pop(&s->due_other);
	}
	return at < RING ? take_first(s, at) : NO_SOURCE;
}

/* Advance to the next slot and release the sources whose windows open. */
static void
next_slot(struct schedule *s)
{
	uint32_t past = (uint32_t)(s->slot++ % RING), i;
	uint16_t *list = &s->wait[s->slot % RING];

	/* Only the bounding states of schedule_jump can have overdue sources. */
	while (s->due[past] != NO_SOURCE) {
		i = take_first(s, past);
		heap_push(&s->due_other, deadline(&s->turn[i]), i);
	}
	while (*list != NO_SOURCE) {
		i = *list;
		*list = s->next[i];
		put_due(s, i);
	}
	while (s->wait_far.n > 0 && s->wait_far.v[0] >> ID_BITS <= s->slot)
		put_due(s, heap_pop(&s->wait_far));
}

/* The source of the next slot; NO_SOURCE if none is released. */
static uint32_t
serve(struct schedule *s)
{
	uint32_t i;

	next_slot(s);
	i = take_due(s);
	if (i == NO_SOURCE)
		return i;
	turn_next(&s->turn[i]);
	/* next_slot has already handled releases up to the next slot. */
	if (s->turn[i].release <= s->slot + 1)
		put_due(s, i);
	else
		put_wait(s, i);
	return i;
}

uint32_t
schedule_next(struct schedule *s)
{
	uint32_t i = serve(s);

	assert(i != NO_SOURCE);
	return i;
}

struct schedule *
schedule_new(uint64_t unit, const uint64_t *share, uint32_t n)
{
	struct schedule *s = xcalloc(1, sizeof *s);
	uint64_t *none = xcalloc(n + (size_t)1, sizeof *none);

	assert(unit > 0 && unit <= SCHEDULE_MAX && n <= SCHEDULE_MAX_SOURCES);
	s->unit = unit;
	s->n = n;
	s->turn = xcalloc(n + (size_t)1, sizeof *s->turn);
	s->next = xcalloc(n + (size_t)1, sizeof *s->next);
	s->due_other.v = xcalloc(n + (size_t)1, sizeof *s->due_other.v);
	s->wait_far.v = xcalloc(n + (size_t)1, sizeof *s->wait_far.v);
	for (uint32_t i = 0; i < n; i++)
		if (share[i] > 0)
			s->turn[i] = (struct turn){ .share = share[i],
				.step = unit / share[i],
				.step_rest = unit % share[i] };
	schedule_seek(s, 0, none);
	free(none);
	return s;
}

bool
schedule_near(const struct schedule *s, uint64_t slot, const uint64_t *count)
{
	for (uint32_t i = 0; i < s->n; i++) {
		u128 had = (u128)count[i] * s->unit,
		     share = (u128)slot * s->turn[i].share;

		if (had >= share + s->unit || share >= had + s->unit)
			return false;
	}
	return true;
}

void
schedule_seek(struct schedule *s, uint64_t slot, const uint64_t *count)
{
	s->slot = slot;
	s->due_other.n = s->wait_far.n = 0;
	s->some_words = 0;
	memset(s->some, 0, sizeof s->some);
	for (uint32_t i = 0; i < RING; i++)
		s->due[i] = s->wait[i] = NO_SOURCE;
	for (uint32_t i = s->n; i-- > 0;) {
		struct turn *t = &s->turn[i];
		u128 j = (u128)count[i] + 1;

		if (t->share == 0)
			continue;
		t->release = (uint64_t)((u128)count[i] * s->unit / t->share) + 1;
		t->whole = (uint64_t)(j * s->unit / t->share);
		t->rest = (uint64_t)(j * s->unit % t->share);
		if (t->release <= slot + 1)
			put_due(s, i);
		else
			put_wait(s, i);
	}
}

void
schedule_free(struct schedule *s)
{
	if (!s)
		return;
	free(s->turn);
	free(s->next);
	free(s->due_other.v);
	free(s->wait_far.v);
	free(s);
}

/* ---- far jumps ---- */

static int
by_key(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/*
 * Counts after t slots that include every window that has ended.  Of the windows that are
 * open, they include as many as the sum requires, those with the earliest or the latest
 * deadlines.
 */
static void
extreme(const struct schedule *s, uint64_t t, bool earliest, uint64_t *count)
{
	uint64_t *open = xcalloc(s->n + (size_t)1, sizeof *open), left = t;
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->n; i++) {
		uint64_t share = s->turn[i].share;

		count[i] = (uint64_t)((u128)t * share / s->unit);
		left -= count[i];
		if ((u128)t * share % s->unit > 0)
			open[n++] =
			    (uint64_t)((((u128)count[i] + 1) * s->unit + share - 1) /
				       share)
				<< ID_BITS |
			    i;
	}
	qsort(open, n, sizeof *open, by_key);
	for (uint32_t k = 0; k < left; k++)
		count[open[earliest ? k : n - 1 - k] & (NO_SOURCE - 1)]++;
	free(open);
}

static void
run_on(struct schedule *s, uint64_t slots, uint64_t *count)
{
	for (; slots > 0; slots--) {
		uint32_t i = serve(s);

		if (i != NO_SOURCE)
			count[i]++;
	}
}

/*
 * Consider only samples with deadlines up to some d.  Later deadlines never delay them,
 * so their backlog is a queue served one per slot.  Of two such queues with the same
 * arrivals, the longer one stays at least as long.  For every d the backlog of the true
 * state is between those of the two extreme states.  Once these have converged, both are
 * the true state.
 */
bool
schedule_jump(struct schedule *s, uint64_t slot, uint64_t run_up, uint64_t *count)
{
	uint64_t from = slot > run_up ? slot - run_up : 0;
	uint64_t *other = xcalloc(s->n + (size_t)1, sizeof *other);
	bool same;

	extreme(s, from, false, other);
	schedule_seek(s, from, other);
	run_on(s, slot - from, other);
	extreme(s, from, true, count);
	schedule_seek(s, from, count);
	run_on(s, slot - from, count);
	same = memcmp(other, count, s->n * sizeof *count) == 0;
	free(other);
	return same;
}
