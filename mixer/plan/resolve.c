/* resolve.c - resolves a plan into plan.lock: the sequence of steps, and the phases. */
#include "mixer/plan/resolve.h"

#include <inttypes.h>
#include <stdlib.h>

#include "mixer/plan/schedule.h"
#include "shards/tshard/tshard.h"

/* The samples of a shard with about 2 GiB of payload. */
static uint64_t
default_shard(const struct resolved *rp, uint32_t seq)
{
	uint64_t bytes = (uint64_t)seq * tshard_width(rp->vocab);
	uint64_t n = (UINT64_C(1) << 31) / bytes;

	return n > 0 ? n : 1;
}

/* The sample of the run that holds a token of the run. */
static uint64_t
sample_at(const struct plan *p, const struct resolved *rp, uint64_t token)
{
	uint64_t begin = 0, end = 0;

	for (uint32_t k = 0; k < rp->nphases; k++, begin = end) {
		const struct resolved_phase *ph = &rp->phase[k];

		if (p->phase[k].tokens == PLAN_UNSET)
			return ph->first + (token - begin) / ph->seq;
		end += ph->samples * ph->seq;
		if (token < end)
			return ph->first + (token - begin) / ph->seq;
	}
	return rp->nphases > 0
		   ? rp->phase[rp->nphases - 1].first + rp->phase[rp->nphases - 1].samples
		   : 0;
}

/*
 * Phases count tokens from the start of the run; each ends at its last whole sample, so
 * rounding errors do not add up.
 */
int
resolve_phases(
    const struct plan *p, const char *name, struct resolved *rp, struct err *err)
{
	uint64_t tokens = 0, done = 0, before = 0;

	rp->phase = xcalloc(p->nphases, sizeof *rp->phase);
	for (uint32_t k = 0; k < p->nphases; k++) {
		const struct plan_phase *pp = &p->phase[k];
		struct resolved_phase *ph = &rp->phase[rp->nphases++];
		uint64_t n = SCHEDULE_MAX - before;

		ph->name = arena_copy(&rp->mem, span_of(pp->name));
		ph->seq = pp->seq;
		ph->shard =
		    pp->shard == PLAN_UNSET ? default_shard(rp, pp->seq) : pp->shard;
		if (pp->tokens != PLAN_UNSET) {
			if (__builtin_add_overflow(tokens, pp->tokens, &tokens) ||
			    (tokens - done) / ph->seq > n)
				return err_set(err, EXIT_DATA,
				    "%s: phase '%s': the run exceeds 2^40 samples: "
				    "split it into two plans",
				    name, pp->name);
			n = (tokens - done) / ph->seq;
		}
		if (n == 0)
			return err_set(err, EXIT_DATA,
			    "%s: phase '%s': %" PRIu64
			    " tokens are less than one sample of %" PRIu32
			    ": raise its TOKENS",
			    name, pp->name, tokens - done, pp->seq);
		ph->samples = n;
		done += n * ph->seq;
		before += n;
	}
	resolved_layout(rp);
	for (uint32_t i = 0; i < p->nbatches; i++)
		rp->batch[rp->nbatches++] =
		    (struct resolved_batch){ sample_at(p, rp, p->batch[i].first),
			    p->batch[i].samples };
	return 0;
}

int
resolve(const struct plan *p, const char *name, const char *root, struct resolved *rp,
    struct err *err)
{
	*rp = (struct resolved){ .seed = p->seed,
		.bestfit = p->bestfit,
		.whole = p->whole,
		.align = p->align };
	if (resolve_docs(p, name, root, rp, err) < 0 ||
	    resolve_phases(p, name, rp, err) < 0 ||
	    resolve_packing(p, name, root, rp, err) < 0 ||
	    resolve_shares(p, name, rp, err) < 0)
		return -1;
	return resolve_counts(p, name, rp, err);
}
