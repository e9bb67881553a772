/* upsample.c - how often a document is used in an epoch of its source. */
#include "mixer/plan/upsample.h"

#include "lib/base/hash.h"
#include "lib/base/num.h"
#include "mixer/plan/decimal.h"
#include "mixer/plan/holdout.h"

uint32_t
upsample_copies(const struct resolved_source *s, uint64_t seed, uint64_t row,
    const struct tshard_doc *d)
{
	struct span id = { (const char *)d->id_hash, sizeof d->id_hash };
	uint64_t times = CAP_ONE, whole, rest;

	if (s->order && permute_inverse(s->order, row / s->answers) >= s->take)
		return 0;
	if (s->hold > 0 && held_out(s->hold, d->id_hash) != s->only_held)
		return 0;
	if (s->ncopies == 0)
		return 1;
	for (uint32_t i = 0; i < s->ncopies && s->copies[i].from <= d->number; i++)
		times = s->copies[i].times;
	whole = times / CAP_ONE;
	rest = times % CAP_ONE;
	if (rest > 0 && (uint64_t)((u128)hash64(id, seed) * CAP_ONE >> 64) < rest)
		whole++;
	return (uint32_t)whole;
}
