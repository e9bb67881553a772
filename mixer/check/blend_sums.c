/* blend_sums.c - sums the counts of check-blend over phases. */
#include "mixer/check/check_blend.h"
#include "mixer/plan/decimal.h"

uint64_t
blend_room(const struct blend_check *v, uint32_t from, uint32_t to)
{
	uint64_t sum = 0;

	for (uint32_t k = from; k < to; k++)
		sum += v->shares.phase[k].n * v->rp->phase[k].seq;
	return sum;
}

share_parts
blend_planned(
    const struct blend_check *v, uint32_t from, uint32_t to, const uint64_t *weight)
{
	share_parts sum = 0;

	for (uint32_t k = from; k < to; k++)
		sum +=
		    (share_parts)weight[k] * v->shares.phase[k].n * v->rp->phase[k].seq;
	return sum;
}

struct drawn
blend_source(const struct blend_check *v, uint32_t from, uint32_t to, uint32_t s)
{
	struct drawn d = { 0 };

	for (uint32_t k = from; k < to; k++) {
		const struct phase_error *ph = &v->shares.phase[k];

		d.samples += ph->samples[s];
		d.tokens += ph->tokens[s];
		d.pad += ph->samples[s] * v->rp->phase[k].seq - ph->tokens[s];
	}
	return d;
}

/* g: UINT32_MAX for all groups. */
static struct drawn
sum_of(const struct blend_check *v, uint32_t from, uint32_t to, uint32_t g)
{
	struct drawn sum = { 0 };

	for (uint32_t s = 0; s < v->rp->nsources; s++) {
		struct drawn d;

		if (g != UINT32_MAX && v->rp->source[s].group != g)
			continue;
		d = blend_source(v, from, to, s);
		sum.samples += d.samples;
		sum.tokens += d.tokens;
		sum.pad += d.pad;
	}
	return sum;
}

struct drawn
blend_group(const struct blend_check *v, uint32_t from, uint32_t to, uint32_t g)
{
	return sum_of(v, from, to, g);
}

struct drawn
blend_all(const struct blend_check *v, uint32_t from, uint32_t to)
{
	return sum_of(v, from, to, UINT32_MAX);
}

struct phase_range
blend_range(const struct blend_check *v, uint32_t from, uint32_t to)
{
	return (struct phase_range){ from, to, blend_room(v, from, to),
		blend_all(v, from, to) };
}

uint64_t
blend_chance_run(const struct blend_check *v, uint32_t s)
{
	share_parts samples = 0, runs = 0;

	for (uint32_t k = 0; k < v->rp->nphases; k++) {
		uint64_t w = v->rp->source[s].weight[k], n = v->shares.phase[k].n;

		samples += (share_parts)w * n;
		runs += (share_parts)muldiv(w, SHARE_ONE - w, SHARE_ONE) * n;
	}
	return runs == 0 ? 0 : (uint64_t)(samples * 1000 / runs);
}

uint32_t
blend_phases(const struct blend_check *v)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < v->rp->nphases; k++)
		n += v->shares.phase[k].n > 0;
	return n;
}
