/* fragment_spread.c - renumbers samples so that fragments of a document are far apart. */
#include "mixer/plan/fragment_spread.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"

/*
 * The training order is divided into zones of equal length.  A document may use a zone
 * once and not use its neighbours, so a whole zone separates any two of its fragments.
 *
 * A document shares at most one sample.  So the shared samples are placed first, in any
 * zone.  After that, documents do not constrain each other: each takes numbers for its
 * other samples in zones that it does not use yet.  Documents with the most fragments go
 * first.  All take from the zones with the most free numbers; that keeps the zones level,
 * so the last documents still find numbers in nearly all zones.  A document that finds
 * none swaps with an earlier one.  Samples without fragments get the numbers that remain.
 */
enum {
	ZONES = 256,
	WORDS = ZONES / 64,
	MANY = 64,   /* fragments beyond which a document may not find enough zones */
	TRIES = 256, /* earlier documents tried for a swap */
};

struct zones {
	uint64_t w[WORDS];
};

struct spreader {
	const struct doc_fragments *docs;
	uint32_t ndocs;
	uint64_t samples;
	const uint64_t *pos;
	uint64_t width;	       /* positions per zone */
	uint64_t *sample_of;   /* [number]: its sample, or FRAGMENT_NONE */
	uint64_t *number_of;   /* [sample]: its number, or FRAGMENT_NONE */
	uint64_t *numbers;     /* sorted by zone */
	uint64_t start[ZONES]; /* of each zone in numbers */
	uint64_t left[ZONES];  /* free numbers of each zone, at its start */
	uint64_t most;	       /* the largest of left */
	struct zones rich;     /* zones with `most` free numbers */
	struct zones some;     /* zones with any */
	uint32_t *by_count;    /* documents, those with most fragments first */
	uint32_t done;	       /* documents placed, in that order */
	uint32_t last_tried;   /* for a swap */
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

/* s and the neighbours of its zones. */
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

/* The first zone of s outside `but`, cyclically from a zone; ZONES if none. */
static unsigned
zones_from(const struct zones *s, const struct zones *but, unsigned from)
{
	uint64_t tail = ~UINT64_C(0) << (from % 64);

	/* The word of `from` is visited twice: its upper bits first, all of it last. */
	for (unsigned i = 0; i <= WORDS; i++) {
		unsigned word = (from / 64 + i) % WORDS;
		uint64_t m = s->w[word] & ~but->w[word];

		if (i == 0)
			m &= tail;
		if (m)
			return word * 64 + (unsigned)__builtin_ctzll(m);
	}
	return ZONES;
}

static inline unsigned
zone_of_number(const struct spreader *sp, uint64_t number)
{
	return (unsigned)(sp->pos[number] / sp->width);
}

static inline unsigned
zone_of_sample(const struct spreader *sp, uint64_t sample)
{
	return zone_of_number(sp, sp->number_of[sample]);
}

static uint64_t
count(const struct doc_fragments *f)
{
	return f->n + (f->shared != FRAGMENT_NONE);
}

static void
find_rich(struct spreader *sp)
{
	sp->most = 0;
	for (unsigned z = 0; z < ZONES; z++)
		if (sp->left[z] > sp->most)
			sp->most = sp->left[z];
	for (unsigned z = 0; z < ZONES; z++)
		if (sp->left[z] == sp->most && sp->most > 0)
			zones_add(&sp->rich, z);
}

static void
sort_numbers(struct spreader *sp)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < sp->samples; i++)
		sp->left[zone_of_number(sp, i)]++;
	for (unsigned z = 0; z < ZONES; z++) {
		sp->start[z] = sum;
		sum += sp->left[z];
		if (sp->left[z])
			zones_add(&sp->some, z);
		sp->left[z] = 0;
	}
	for (uint64_t i = 0; i < sp->samples; i++) {
		unsigned z = zone_of_number(sp, i);

		sp->numbers[sp->start[z] + sp->left[z]++] = i;
	}
	find_rich(sp);
}

/* Counting sort.  Documents with ZONES or more fragments compare equal. */
static void
sort_docs(struct spreader *sp)
{
	uint32_t end[ZONES + 1] = { 0 }, sum = 0;

	for (uint32_t k = 0; k < sp->ndocs; k++) {
		uint64_t n = count(&sp->docs[k]);

		end[n < ZONES ? ZONES - n : 0]++;
	}
	for (unsigned i = 0; i <= ZONES; i++) {
		sum += end[i];
		end[i] = sum - end[i];
	}
	for (uint32_t k = 0; k < sp->ndocs; k++) {
		uint64_t n = count(&sp->docs[k]);

		sp->by_count[end[n < ZONES ? ZONES - n : 0]++] = k;
	}
}

static inline void
assign(struct spreader *sp, uint64_t sample, uint64_t number)
{
	sp->sample_of[number] = sample;
	sp->number_of[sample] = number;
}

/* Give the sample a free number of the zone. */
static void
take(struct spreader *sp, unsigned z, uint64_t sample)
{
	assign(sp, sample, sp->numbers[sp->start[z] + --sp->left[z]]);
	if (sp->left[z] == 0)
		zones_drop(&sp->some, z);
	zones_drop(&sp->rich, z);
	if (zones_empty(&sp->rich))
		find_rich(sp);
}

/* A zone with free numbers outside `but`, preferably one with the most; else ZONES. */
static unsigned
choose(const struct spreader *sp, const struct zones *but, unsigned from)
{
	unsigned z = zones_from(&sp->rich, but, from);

	return z < ZONES ? z : zones_from(&sp->some, but, from);
}

static void
assign_shared(struct spreader *sp)
{
	static const struct zones none;
	unsigned from = 0;

	for (uint32_t k = 0; k < sp->ndocs; k++) {
		uint64_t sample = sp->docs[k].shared;

		if (sample == FRAGMENT_NONE || sp->number_of[sample] != FRAGMENT_NONE)
			continue;
		from = choose(sp, &none, from);
		take(sp, from, sample);
		from = (from + 1) % ZONES;
	}
}

/* Zones closed to one sample of a document because of its others. */
static struct zones
zones_barred(const struct spreader *sp, const struct doc_fragments *f, uint64_t sample)
{
	struct zones has = { 0 };

	for (uint64_t i = f->first; i < f->first + f->n; i++)
		if (i != sample)
			zones_add(&has, zone_of_sample(sp, i));
	if (f->shared != FRAGMENT_NONE)
		zones_add(&has, zone_of_sample(sp, f->shared));
	return zones_near(&has);
}

/*
 * Find an earlier document that can move one of its samples to a free number.  Give the
 * number it leaves to `sample`, which must not be in `near`.  Returns the zone of that
 * number, or ZONES if no document was found.
 */
static unsigned
swap(struct spreader *sp, const struct zones *near, uint64_t sample)
{
	static const struct zones none;
	unsigned to = 0;

	for (unsigned i = 0; i < TRIES && sp->done > 0; i++) {
		const struct doc_fragments *f;
		struct zones barred;
		uint64_t theirs, number;

		sp->last_tried = (sp->last_tried + 1) % sp->done;
		f = &sp->docs[sp->by_count[sp->last_tried]];
		theirs = f->first + i / sp->done % f->n;
		number = sp->number_of[theirs];
		to = zones_from(&sp->some, &none, (to + 1) % ZONES);
		if (count(f) > MANY || zones_have(near, zone_of_number(sp, number)))
			continue;
		barred = zones_barred(sp, f, theirs);
		if (zones_have(&barred, to))
			continue;
		take(sp, to, theirs);
		assign(sp, sample, number);
		return zone_of_number(sp, number);
	}
	return ZONES;
}

/* Place the samples that a document has alone. */
static void
assign_alone(struct spreader *sp, const struct doc_fragments *f)
{
	uint64_t n = count(f);
	/* At equal steps from an arbitrary start (Knuth's multiplicative hash). */
	unsigned step = n < ZONES / 2 ? (unsigned)(ZONES / n) : 2;
	unsigned from = (uint32_t)f->first * UINT32_C(0x9e3779b9) >> 24;
	struct zones used = { 0 };

	if (f->shared != FRAGMENT_NONE) {
		from = zone_of_sample(sp, f->shared);
		zones_add(&used, from);
	}
	for (uint64_t i = 0; i < f->n; i++) {
		struct zones near = zones_near(&used);
		unsigned z = choose(sp, &near, (from + step) % ZONES);

		if (z < ZONES) {
			take(sp, z, f->first + i);
		} else if (n > MANY || (z = swap(sp, &near, f->first + i)) == ZONES) {
			/* Allow neighbouring zones; if all are used, any zone. */
			z = choose(sp, &used, (from + step) % ZONES);
			if (z == ZONES) {
				used = (struct zones){ 0 };
				z = choose(sp, &used, (from + step) % ZONES);
			}
			take(sp, z, f->first + i);
		}
		zones_add(&used, z);
		from = z;
	}
}

/* Give the numbers that remain to samples without fragments, in order. */
static void
assign_rest(struct spreader *sp)
{
	uint64_t sample = 0;

	for (uint64_t i = 0; i < sp->samples; i++) {
		if (sp->sample_of[i] != FRAGMENT_NONE)
			continue;
		while (sp->number_of[sample] != FRAGMENT_NONE)
			sample++;
		assign(sp, sample, i);
	}
}

uint64_t *
fragment_spread(const struct doc_fragments *docs, uint32_t n, uint64_t samples,
    const uint64_t *pos, uint64_t of)
{
	struct spreader sp = { .docs = docs,
		.ndocs = n,
		.samples = samples,
		.pos = pos,
		.width = of / ZONES + (of % ZONES > 0) };
	size_t bytes = xmul((size_t)samples, sizeof *sp.number_of);

	assert(samples > 0 && samples <= of);
	sp.sample_of = xmalloc(bytes);
	sp.number_of = xmalloc(bytes);
	sp.numbers = xmalloc(bytes);
	sp.by_count = xmalloc(xmul(n, sizeof *sp.by_count));
	memset(sp.sample_of, 0xff, bytes); /* FRAGMENT_NONE */
	memset(sp.number_of, 0xff, bytes);
	sort_numbers(&sp);
	sort_docs(&sp);
	assign_shared(&sp);
	for (; sp.done < n; sp.done++)
		assign_alone(&sp, &docs[sp.by_count[sp.done]]);
	assign_rest(&sp);
	free(sp.number_of);
	free(sp.numbers);
	free(sp.by_count);
	return sp.sample_of;
}
