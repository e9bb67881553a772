/* repeat_distance.c - measures how far apart copies and fragments of a document are. */
#include "mixer/check/repeat_distance.h"

#include <stdlib.h>

#define NEVER UINT64_MAX

/* The last sample with the document, and the last one in an earlier epoch. */
struct seen_doc {
	uint64_t last, other; /* samples; other: or NEVER */
	uint8_t epoch;	      /* of last */
};

void
repeat_distance_init(struct repeat_distance *v, uint32_t nsources, uint64_t documents)
{
	*v = (struct repeat_distance){ .nsources = nsources };
	while (documents >> v->log2 > REPEAT_DOCUMENTS)
		v->log2++;
	v->copies = xcalloc(nsources + (size_t)1, sizeof *v->copies);
	v->fragments = xcalloc(nsources + (size_t)1, sizeof *v->fragments);
}

/* The finalizer of MurmurHash3, a bijection. */
static uint64_t
mix(uint64_t x)
{
	x = (x ^ x >> 33) * UINT64_C(0xff51afd7ed558ccd);
	x = (x ^ x >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	return x ^ x >> 33;
}

static void
note_distance(struct repeat_stats *v, const struct occurrence *at, uint64_t before)
{
	uint64_t d = at->sample - before;

	if (v->distance.total == 0 || d < v->distance.least) {
		v->nearest = *at;
		v->before = before;
	}
	histogram_add(&v->distance, d);
}

void
repeat_distance_add(struct repeat_distance *v, const struct occurrence *at)
{
	struct hash128 key = { mix((uint64_t)at->source << 48 | at->row), 1 };
	struct seen_doc *d;
	uint64_t *slot;
	bool fresh;

	/* Sample by the high bits; the table uses the low ones. */
	if (v->log2 > 0 && key.lo >> (64 - v->log2) != 0)
		return;
	slot = table_put(&v->index, key, &fresh);
	if (fresh) {
		GROW(v->seen, v->followed, v->cap);
		*slot = v->followed++;
		v->seen[*slot] = (struct seen_doc){ at->sample, NEVER, at->epoch };
		return;
	}
	d = &v->seen[*slot];
	if (d->epoch == at->epoch) {
		note_distance(&v->fragments[at->source], at, d->last);
	} else {
		d->other = d->last;
		d->epoch = at->epoch;
	}
	if (d->other != NEVER)
		note_distance(&v->copies[at->source], at, d->other);
	d->last = at->sample;
}

void
repeat_distance_free(struct repeat_distance *v)
{
	for (uint32_t s = 0; s < v->nsources; s++) {
		histogram_free(&v->copies[s].distance);
		histogram_free(&v->fragments[s].distance);
	}
	free(v->copies);
	free(v->fragments);
	free(v->seen);
	table_free(&v->index);
	*v = (struct repeat_distance){ 0 };
}
