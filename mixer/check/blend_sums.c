/* blend_sums.c - sums over phases of what tamis blend has counted. */
#include "mixer/check/check_blend.h"
#include "mixer/plan/decimal.h"

uint64_t
blend_room(const struct blend *v, uint32_t from, uint32_t to)
{
	uint64_t sum = 0;

	for (uint32_t k = from; k < to; k++)
		sum += v->achieved.phase[k].n * v->l->phase[k].seq;
	return sum;
}

parts
blend_planned(const struct blend *v, uint32_t from, uint32_t to, const uint64_t *weight)
{
	parts sum = 0;

	for (uint32_t k = from; k < to; k++)
		sum += (parts)weight[k] * v->achieved.phase[k].n * v->l->phase[k].seq;
	return sum;
}

struct drawn
blend_source(const struct blend *v, uint32_t from, uint32_t to, uint32_t s)
{
	struct drawn d = { 0 };

	for (uint32_t k = from; k < to; k++) {
		const struct achieved_phase *ph = &v->achieved.phase[k];

		d.samples += ph->samples[s];
		d.tokens += ph->tokens[s];
		d.pad += ph->samples[s] * v->l->phase[k].seq - ph->tokens[s];
	}
	return d;
}

/* g: UINT32_MAX for all. */
static struct drawn
sum_of(const struct blend *v, uint32_t from, uint32_t to, uint32_t g)
{
	struct drawn sum = { 0 };

	for (uint32_t s = 0; s < v->l->nsources; s++) {
		struct drawn d;

		if (g != UINT32_MAX && v->l->source[s].group != g)
			continue;
		d = blend_source(v, from, to, s);
		sum.samples += d.samples;
		sum.tokens += d.tokens;
		sum.pad += d.pad;
	}
	return sum;
}

struct drawn
blend_group(const struct blend *v, uint32_t from, uint32_t to, uint32_t g)
{
	return sum_of(v, from, to, g);
}

struct drawn
blend_all(const struct blend *v, uint32_t from, uint32_t to)
{
	return sum_of(v, from, to, UINT32_MAX);
}

uint64_t
blend_chance_run(const struct blend *v, uint32_t s)
{
	parts samples = 0, runs = 0;

	for (uint32_t k = 0; k < v->l->nphases; k++) {
		uint64_t w = v->l->source[s].weight[k], n = v->achieved.phase[k].n;

		samples += (parts)w * n;
		runs += (parts)muldiv(w, SHARE_ONE - w, SHARE_ONE) * n;
	}
	return runs == 0 ? 0 : (uint64_t)(samples * 1000 / runs);
}

uint32_t
blend_phases(const struct blend *v)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < v->l->nphases; k++)
		n += v->achieved.phase[k].n > 0;
	return n;
}
