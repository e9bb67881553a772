/* fragment_spread.c - deals samples to places in the training order, fragments of a
 * document apart.
 */
#include "mixer/plan/fragment_spread.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"

/*
 * The order of training is divided into zones of equal length.  A document may have a
 * zone once, and not the next one to it: then any two of its fragments have a whole zone
 * between them.
 *
 * A document shares one sample at most.  So the shared samples are dealt first, wherever,
 * and after that each document has no one to reckon with but itself: its other samples
 * get numbers in zones which it does not have.  Those with the most fragments choose
 * first. All choose from the zones that have the most numbers left, so that these stay
 * level and the last ones still find some in nearly all zones.  One that does not changes
 * with one that was dealt before.  Samples that are no fragments get what remains.
 */
enum {
	ZONES = 256,
	WORDS = ZONES / 64,
	MANY = 64,   /* fragments: with more a document may not find the zones it needs */
	TRIES = 256, /* documents that are asked to change */
};

struct zones {
	uint64_t w[WORDS];
};

struct deal {
	const struct fragments *docs;
	uint32_t ndocs;
	uint64_t samples;
	const uint64_t *place;
	uint64_t width;	       /* of a zone */
	uint64_t *dealt;       /* [number]: the sample that has it, or SPREAD_NONE */
	uint64_t *at;	       /* [sample]: its number, or SPREAD_NONE */
	uint64_t *numbers;     /* by zone */
	uint64_t start[ZONES]; /* of each zone in numbers */
	uint64_t left[ZONES];  /* free numbers of each zone, at its start */
	uint64_t most;	       /* the largest of them */
	struct zones rich;     /* the zones with so many */
	struct zones some;     /* the zones with any */
	uint32_t *turn;	       /* documents, those of most fragments first */
	uint32_t done;	       /* so many of them are dealt */
	uint32_t asked;	       /* the one that was asked last for a change */
};

static inline bool
zones_have(const struct zones *s, unsigned z)
{
	return s->w[z / 64] >> (z % 64) & 1;
}

static inline void
zones_add(struct zones *s, unsigned z)
{
	s->w[z / 64] |= UINT64_C(1) << (z % 64);
}

static inline void
zones_drop(struct zones *s, unsigned z)
{
	s->w[z / 64] &= ~(UINT64_C(1) << (z % 64));
}

static inline bool
zones_empty(const struct zones *s)
{
	return !(s->w[0] | s->w[1] | s->w[2] | s->w[3]);
}

/* s, and all zones next to one of it. */
static struct zones
zones_near(const struct zones *s)
{
	struct zones near;

	for (int i = 0; i < WORDS; i++) {
		near.w[i] = s->w[i] | s->w[i] << 1 | s->w[i] >> 1;
		if (i > 0)
			near.w[i] |= s->w[i - 1] >> 63;
		if (i < WORDS - 1)
			near.w[i] |= s->w[i + 1] << 63;
	}
	return near;
}

/* The first of s without `but`, going round from a zone; ZONES if there is none. */
static unsigned
zones_from(const struct zones *s, const struct zones *but, unsigned from)
{
	uint64_t tail = ~UINT64_C(0) << (from % 64);

	/* The word of `from` comes twice: first its upper part, at last the whole. */
	for (unsigned i = 0; i <= WORDS; i++) {
		unsigned at = (from / 64 + i) % WORDS;
		uint64_t m = s->w[at] & ~but->w[at];

		if (i == 0)
			m &= tail;
		if (m)
			return at * 64 + (unsigned)__builtin_ctzll(m);
	}
	return ZONES;
}

static inline unsigned
zone_of_number(const struct deal *d, uint64_t number)
{
	return (unsigned)(d->place[number] / d->width);
}

static inline unsigned
zone_of_sample(const struct deal *d, uint64_t sample)
{
	return zone_of_number(d, d->at[sample]);
}

static uint64_t
count(const struct fragments *f)
{
	return f->n + (f->shared != SPREAD_NONE);
}

static void
find_rich(struct deal *d)
{
	d->most = 0;
	for (unsigned z = 0; z < ZONES; z++)
		if (d->left[z] > d->most)
			d->most = d->left[z];
	for (unsigned z = 0; z < ZONES; z++)
		if (d->left[z] == d->most && d->most > 0)
			zones_add(&d->rich, z);
}

static void
sort_numbers(struct deal *d)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < d->samples; i++)
		d->left[zone_of_number(d, i)]++;
	for (unsigned z = 0; z < ZONES; z++) {
		d->start[z] = sum;
		sum += d->left[z];
		if (d->left[z])
			zones_add(&d->some, z);
		d->left[z] = 0;
	}
	for (uint64_t i = 0; i < d->samples; i++) {
		unsigned z = zone_of_number(d, i);

		d->numbers[d->start[z] + d->left[z]++] = i;
	}
	find_rich(d);
}

/* By counting; documents with ZONES fragments and more are alike. */
static void
sort_turns(struct deal *d)
{
	uint32_t end[ZONES + 1] = { 0 }, sum = 0;

	for (uint32_t k = 0; k < d->ndocs; k++) {
		uint64_t n = count(&d->docs[k]);

		end[n < ZONES ? ZONES - n : 0]++;
	}
	for (unsigned i = 0; i <= ZONES; i++) {
		sum += end[i];
		end[i] = sum - end[i];
	}
	for (uint32_t k = 0; k < d->ndocs; k++) {
		uint64_t n = count(&d->docs[k]);

		d->turn[end[n < ZONES ? ZONES - n : 0]++] = k;
	}
}

static inline void
assign(struct deal *d, uint64_t sample, uint64_t number)
{
	d->dealt[number] = sample;
	d->at[sample] = number;
}

/* Gives the sample a free number of the zone. */
static void
take(struct deal *d, unsigned z, uint64_t sample)
{
	assign(d, sample, d->numbers[d->start[z] + --d->left[z]]);
	if (d->left[z] == 0)
		zones_drop(&d->some, z);
	zones_drop(&d->rich, z);
	if (zones_empty(&d->rich))
		find_rich(d);
}

/* A zone with free numbers that is none of `but`, if it can be a rich one; else ZONES. */
static unsigned
choose(const struct deal *d, const struct zones *but, unsigned from)
{
	unsigned z = zones_from(&d->rich, but, from);

	return z < ZONES ? z : zones_from(&d->some, but, from);
}

static void
deal_shared(struct deal *d)
{
	static const struct zones none;
	unsigned from = 0;

	for (uint32_t k = 0; k < d->ndocs; k++) {
		uint64_t sample = d->docs[k].shared;

		if (sample == SPREAD_NONE || d->at[sample] != SPREAD_NONE)
			continue;
		from = choose(d, &none, from);
		take(d, from, sample);
		from = (from + 1) % ZONES;
	}
}

/* Where a document may not have one of its samples, because of the others. */
static struct zones
zones_barred(const struct deal *d, const struct fragments *f, uint64_t sample)
{
	struct zones has = { 0 };

	for (uint64_t i = f->first; i < f->first + f->n; i++)
		if (i != sample)
			zones_add(&has, zone_of_sample(d, i));
	if (f->shared != SPREAD_NONE)
		zones_add(&has, zone_of_sample(d, f->shared));
	return zones_near(&has);
}

/*
 * Finds a document that is dealt and may have a number that is still free in place of one
 * of its own, and gives that one to our sample, which must be outside `near`.  Returns
 * its zone; ZONES if none was found.
 */
static unsigned
change(struct deal *d, const struct zones *near, uint64_t sample)
{
	static const struct zones none;
	unsigned to = 0;

	for (unsigned i = 0; i < TRIES && d->done > 0; i++) {
		const struct fragments *f;
		struct zones barred;
		uint64_t theirs, number;

		d->asked = (d->asked + 1) % d->done;
		f = &d->docs[d->turn[d->asked]];
		theirs = f->first + i / d->done % f->n;
		number = d->at[theirs];
		to = zones_from(&d->some, &none, (to + 1) % ZONES);
		if (count(f) > MANY || zones_have(near, zone_of_number(d, number)))
			continue;
		barred = zones_barred(d, f, theirs);
		if (zones_have(&barred, to))
			continue;
		take(d, to, theirs);
		assign(d, sample, number);
		return zone_of_number(d, number);
	}
	return ZONES;
}

/* The samples that a document has alone. */
static void
deal_alone(struct deal *d, const struct fragments *f)
{
	uint64_t n = count(f);
	/* Evenly, beginning anywhere (Knuth's multiplicative hash). */
	unsigned step = n < ZONES / 2 ? (unsigned)(ZONES / n) : 2;
	unsigned from = (uint32_t)f->first * UINT32_C(0x9e3779b9) >> 24;
	struct zones used = { 0 };

	if (f->shared != SPREAD_NONE) {
		from = zone_of_sample(d, f->shared);
		zones_add(&used, from);
	}
	for (uint64_t i = 0; i < f->n; i++) {
		struct zones near = zones_near(&used);
		unsigned z = choose(d, &near, (from + step) % ZONES);

		if (z < ZONES) {
			take(d, z, f->first + i);
		} else if (n > MANY || (z = change(d, &near, f->first + i)) == ZONES) {
			/* Next to itself; if that cannot be, all over again. */
			z = choose(d, &used, (from + step) % ZONES);
			if (z == ZONES) {
				used = (struct zones){ 0 };
				z = choose(d, &used, (from + step) % ZONES);
			}
			take(d, z, f->first + i);
		}
		zones_add(&used, z);
		from = z;
	}
}

/* Samples that are no fragments, in their order to the numbers that remain. */
static void
deal_rest(struct deal *d)
{
	uint64_t sample = 0;

	for (uint64_t i = 0; i < d->samples; i++) {
		if (d->dealt[i] != SPREAD_NONE)
			continue;
		while (d->at[sample] != SPREAD_NONE)
			sample++;
		assign(d, sample, i);
	}
}

uint64_t *
spread(const struct fragments *docs, uint32_t n, uint64_t samples, const uint64_t *place,
    uint64_t of)
{
	struct deal d = { .docs = docs,
		.ndocs = n,
		.samples = samples,
		.place = place,
		.width = of / ZONES + (of % ZONES > 0) };
	size_t bytes = xmul((size_t)samples, sizeof *d.at);

	assert(samples > 0 && samples <= of);
	d.dealt = xmalloc(bytes);
	d.at = xmalloc(bytes);
	d.numbers = xmalloc(bytes);
	d.turn = xmalloc(xmul(n, sizeof *d.turn));
	memset(d.dealt, 0xff, bytes); /* SPREAD_NONE */
	memset(d.at, 0xff, bytes);
	sort_numbers(&d);
	sort_turns(&d);
	deal_shared(&d);
	for (; d.done < n; d.done++)
		deal_alone(&d, &docs[d.turn[d.done]]);
	deal_rest(&d);
	free(d.at);
	free(d.numbers);
	free(d.turn);
	return d.dealt;
}
