/* repeat_distance.c - how far apart copies and fragments of a document come in a run. */
#include "mixer/check/repeat_distance.h"

#include <stdlib.h>

#define NEVER UINT64_MAX

/* Where a document was seen last, and where last in an epoch before that one. */
struct seen {
	uint64_t last, other; /* samples; other: or NEVER */
	uint8_t epoch;	      /* of last */
};

void
spacing_init(struct spacing *v, uint32_t nsources, uint64_t documents)
{
	*v = (struct spacing){ .nsources = nsources };
	while (documents >> v->log2 > SPACING_DOCUMENTS)
		v->log2++;
	v->copies = xcalloc(nsources + (size_t)1, sizeof *v->copies);
	v->fragments = xcalloc(nsources + (size_t)1, sizeof *v->fragments);
}

/* Two rounds of xor and multiply that no two numbers share a result of: MurmurHash3's. */
static uint64_t
mix(uint64_t x)
{
	x = (x ^ x >> 33) * UINT64_C(0xff51afd7ed558ccd);
	x = (x ^ x >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	return x ^ x >> 33;
}

static void
note(struct spacing_of *v, const struct sighting *at, uint64_t before)
{
	uint64_t d = at->sample - before;

	if (v->distance.total == 0 || d < v->distance.least) {
		v->nearest = *at;
		v->before = before;
	}
	histogram_add(&v->distance, d);
}

void
spacing_add(struct spacing *v, const struct sighting *at)
{
	struct hash128 key = { mix((uint64_t)at->source << 48 | at->row), 1 };
	struct seen *d;
	uint64_t *place;
	bool fresh;

	/* The table uses the low bits. */
	if (v->log2 > 0 && key.lo >> (64 - v->log2) != 0)
		return;
	place = table_put(&v->index, key, &fresh);
	if (fresh) {
		if (v->looked_at == v->cap) {
			v->cap = v->cap ? xmul(v->cap, 2) : 1024;
			v->seen = xrealloc(v->seen, v->cap, sizeof *v->seen);
		}
		*place = v->looked_at++;
		v->seen[*place] = (struct seen){ at->sample, NEVER, at->epoch };
		return;
	}
	d = &v->seen[*place];
	if (d->epoch == at->epoch) {
		note(&v->fragments[at->source], at, d->last);
	} else {
		d->other = d->last;
		d->epoch = at->epoch;
	}
	if (d->other != NEVER)
		note(&v->copies[at->source], at, d->other);
	d->last = at->sample;
}

void
spacing_free(struct spacing *v)
{
	for (uint32_t s = 0; s < v->nsources; s++) {
		histogram_free(&v->copies[s].distance);
		histogram_free(&v->fragments[s].distance);
	}
	free(v->copies);
	free(v->fragments);
	free(v->seen);
	table_free(&v->index);
	*v = (struct spacing){ 0 };
}
