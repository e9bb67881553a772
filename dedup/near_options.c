/* near_options.c - the options by which near, near-elect and near-oracle decide. */
#include "dedup/near_options.h"

#include <inttypes.h>

#include "lib/base/num.h"

/* The millionths of a threshold.  A decimal of six places is exact, and 6/7, in as many
 * digits as a double has, is at most 6/7. */
static uint64_t
millionths(double threshold)
{
	return (uint64_t)(threshold * SIMILARITY_ONE + 1e-6);
}

int
near_decision_check(struct near_decision *d, struct err *err)
{
	if (!(d->threshold >= 0.01 && d->threshold <= 1))
		return err_set(err, EXIT_USAGE, "--threshold %s: must be from 0.01 to 1",
		    NUM_TEXT(d->threshold));
	if (d->best < 1)
		return err_set(err, EXIT_USAGE, "--best 0: must be at least 1");
	d->threshold = (double)millionths(d->threshold) / SIMILARITY_ONE;
	return 0;
}

struct leader_options
near_leaders(const struct near_decision *d)
{
	return (struct leader_options){ .measure = (enum measure)d->measure,
		.threshold = millionths(d->threshold),
		.best = d->best };
}

void
near_warn_large(
    const struct near_decision *d, const struct elect_stats *s, const char *example)
{
	const uint64_t n = s->leaders.large;

	if (n)
		warning("%" PRIu64 " bucket%s more than %" PRIu64
			" documents, up to %" PRIu64
			", such as '%s': compared with the first %" PRIu64
			" of a bucket that are kept: raise --best",
		    n, n == 1 ? " has" : "s have", d->best, s->largest,
		    example ? example : "", d->best);
}
