/* resolve_counts.c - how many samples each source gives, phase by phase, and who runs
 * out. */
#include "mixer/plan/resolve.h"

#include <inttypes.h>
#include <stdlib.h>

#include "mixer/plan/decimal.h"
#include "mixer/plan/epoch_parts.h"
#include "mixer/plan/schedule.h"

struct counter {
	const struct plan *p;
	const char *name;
	struct resolved *rp;
	struct err *err;
	struct schedule *turns, *scout; /* of the phase; scout: for jumps ahead */
	uint64_t *count;		/* samples of each source so far */
	uint64_t *phase;		/* the same in the phase */
	uint64_t *ahead;		/* the same at the next shard */
	uint64_t *drawn;		/* at each length: [cut * nsources + s] */
	uint64_t run_up;		/* that the last jump needed */
	uint64_t rows;			/* of l->at */
	uint64_t cap;			/* rows that there is room for */
};

enum {
	MAX_COUNTS = 1 << 27, /* numbers in plan.lock: about 1 GB */
	FIRST_RUN_UP = 1024,
};

static int
put_row(struct counter *c)
{
	struct resolved *rp = c->rp;

	if (c->rows == c->cap) {
		c->cap = c->cap ? 2 * c->cap : 16;
		rp->at = xrealloc(rp->at, xmul(c->cap, rp->nsources), sizeof *rp->at);
	}
	if ((c->rows + 1) * rp->nsources > MAX_COUNTS)
		return err_set(c->err, EXIT_DATA,
		    "%s: more than %d counts of sources at shards: write larger shards",
		    c->name, MAX_COUNTS);
	memcpy(
	    rp->at + c->rows * rp->nsources, c->count, rp->nsources * sizeof *c->count);
	c->rows++;
	return 0;
}

/* ---- from shard to shard ---- */

/* Run-ups are tried that cost less than going through the shard. */
static bool
jump(struct counter *c, uint64_t slot, uint64_t samples)
{
	while (c->run_up < samples / 4) {
		if (schedule_jump(c->scout, slot, c->run_up, c->ahead))
			return true;
		c->run_up *= 4;
	}
	return false;
}

/* Counts in the phase behind `samples` more, when `slot` are given away. */
static void
look_ahead(struct counter *c, uint64_t slot, uint64_t samples)
{
	if (jump(c, slot + samples, samples))
		return;
	memcpy(c->ahead, c->phase, c->rp->nsources * sizeof *c->ahead);
	schedule_seek(c->turns, slot, c->phase);
	for (uint64_t i = 0; i < samples; i++)
		c->ahead[schedule_next(c->turns)]++;
}

/* In a phase of 'max' somebody runs out in this shard: the samples before that. */
static uint64_t
until_short(struct counter *c, uint64_t slot, const uint64_t *limit, uint64_t samples)
{
	schedule_seek(c->turns, slot, c->phase);
	memcpy(c->ahead, c->phase, c->rp->nsources * sizeof *c->ahead);
	for (uint64_t i = 0; i < samples; i++) {
		uint32_t s = schedule_next(c->turns);

		if (c->ahead[s] == limit[s])
			return i;
		c->ahead[s]++;
	}
	return samples;
}

static bool
runs_out(const struct counter *c, const uint64_t *limit)
{
	for (uint32_t s = 0; s < c->rp->nsources; s++)
		if (c->ahead[s] > limit[s])
			return true;
	return false;
}

/* limit: samples of each source in this phase; NULL: as many as it likes. */
static int
count_shards(struct counter *c, uint32_t k, const uint64_t *limit)
{
	struct resolved *rp = c->rp;
	struct resolved_phase *ph = &rp->phase[k];
	uint64_t slot = 0, n = 0;
	bool short_now = false;

	for (; slot < ph->samples && !short_now; slot += n) {
		n = ph->samples - slot < ph->shard ? ph->samples - slot : ph->shard;
		look_ahead(c, slot, n);
		short_now = limit && runs_out(c, limit);
		if (short_now)
			n = until_short(c, slot, limit, n);
		if (n == 0)
			break;
		if (put_row(c) < 0)
			return -1;
		for (uint32_t s = 0; s < rp->nsources; s++)
			c->count[s] += c->ahead[s] - c->phase[s];
		memcpy(c->phase, c->ahead, rp->nsources * sizeof *c->phase);
	}
	ph->samples = slot;
	if (slot == 0)
		return err_set(c->err, EXIT_DATA,
		    "%s: phase '%s': the caps leave no sample to it: raise a cap",
		    c->name, ph->name);
	return 0;
}

static int
count_phase(struct counter *c, uint32_t k)
{
	struct resolved *rp = c->rp;
	uint32_t len_class = rp->phase[k].len_class;
	uint64_t *limit = NULL;
	int rc;

	memset(c->phase, 0, rp->nsources * sizeof *c->phase);
	c->turns = resolved_schedule(rp, k);
	c->scout = resolved_schedule(rp, k);
	c->run_up = FIRST_RUN_UP;
	if (c->p->phase[k].tokens == PLAN_UNSET) {
		limit = xcalloc(rp->nsources, sizeof *limit);
		for (uint32_t s = 0; s < rp->nsources; s++) {
			uint64_t most = epoch_part_limit(rp, s, len_class, c->drawn),
				 had = c->drawn[len_class * rp->nsources + s];

			limit[s] = most > had ? most - had : 0;
		}
	}
	rc = count_shards(c, k, limit);
	for (uint32_t s = 0; s < rp->nsources; s++)
		c->drawn[len_class * rp->nsources + s] += c->phase[s];
	free(limit);
	schedule_free(c->turns);
	schedule_free(c->scout);
	return rc;
}

/* ---- caps ---- */

/* Tokens that source s may still give at a length; none: 0. */
static uint64_t
left_over(const struct counter *c, uint32_t s, uint32_t len_class)
{
	uint64_t most = epoch_part_limit(c->rp, s, len_class, c->drawn),
		 had = c->drawn[len_class * c->rp->nsources + s];

	return most > had ? (most - had) * c->rp->class_seq[len_class] : 0;
}

/* The sources of the same group that could give what `short_of` lacks, with what they
 * have. */
static void
put_others(struct counter *c, uint32_t short_of, uint32_t len_class, struct buf *b)
{
	const struct resolved *rp = c->rp;
	unsigned n = 0;

	for (uint32_t s = 0; s < rp->nsources; s++) {
		if (rp->source[s].group != rp->source[short_of].group ||
		    left_over(c, s, len_class) == 0)
			continue;
		if (n++ == 4)
			break;
		buf_putf(b, "%s%s", n > 1 ? ", " : "", rp->source[s].name);
		if (rp->source[s].cap != RESOLVED_NONE)
			buf_putf(b, " (%" PRIu64 " left)", left_over(c, s, len_class));
	}
	if (n == 0)
		buf_puts(b, "nobody in its group");
	else if (n == 5)
		buf_puts(b, ", ...");
}

static void
put_cap(const struct counter *c, uint32_t s, struct buf *b)
{
	if (c->rp->source[s].cap == RESOLVED_NONE) {
		buf_putf(
		    b, "the %d passes that a shard can count allow", RESOLVED_MAX_PARTS);
		return;
	}
	buf_puts(b, "its cap of ");
	decimal_put(b, c->rp->source[s].cap, CAP_PLACES);
	buf_puts(b, " epochs allows");
}

/*
 * Lengths of samples that a source is drawn at, if they begin more passes than its cap
 * allows; else 0.  They cannot share an epoch: what one has left is not the other's.
 */
static uint32_t
too_many_lengths(const struct counter *c, uint32_t s)
{
	const struct resolved *rp = c->rp;
	uint64_t parts = 0;
	uint32_t lengths = 0;

	for (uint32_t k = 0; k < rp->nclasses; k++) {
		uint64_t n = c->drawn[k * rp->nsources + s];

		if (n == 0)
			continue;
		lengths++;
		parts += epoch_part_of(rp, s, k, n - 1) + 1;
	}
	return lengths > 1 && parts > epoch_part_end(&rp->source[s]) ? lengths : 0;
}

/* Why source s runs out in samples of length l->cut[cut]. */
static void
put_shortage(struct counter *c, uint32_t s, uint32_t len_class, struct buf *b)
{
	const struct resolved *rp = c->rp;
	uint64_t had = c->drawn[len_class * rp->nsources + s] * rp->class_seq[len_class];
	uint64_t most =
	    epoch_part_limit(rp, s, len_class, c->drawn) * rp->class_seq[len_class];
	uint32_t lengths = too_many_lengths(c, s);

	if (lengths > 0) {
		buf_putf(b,
		    "samples of %" PRIu32 " lengths, each of which begins an epoch "
		    "of its own, are more than ",
		    lengths);
		put_cap(c, s, b);
		buf_puts(b,
		    ": raise the cap, or make a source of a part of its shards for "
		    "each length");
		return;
	}
	buf_putf(b, "its part of the run is %" PRIu64 " tokens, ", had);
	put_cap(c, s, b);
	buf_putf(b, " %" PRIu64 ", short by %" PRIu64, most, had - most);
}

/* Who was asked for more than the cap, and who of the group could step in. */
static int
check_caps(struct counter *c)
{
	const struct resolved *rp = c->rp;
	uint32_t worst = UINT32_MAX, len_class = 0, more = 0;
	struct buf b = { 0 };

	for (uint32_t i = 0; i < rp->nclasses * rp->nsources; i++) {
		uint32_t s = i % rp->nsources;

		if (c->drawn[i] <= epoch_part_limit(rp, s, i / rp->nsources, c->drawn))
			continue;
		if (worst == UINT32_MAX) {
			worst = s;
			len_class = i / rp->nsources;
		} else if (s != worst) {
			more++;
		}
	}
	if (worst == UINT32_MAX)
		return 0;
	buf_putf(&b, "%s:%u: source '%s' runs out: ", c->name, c->p->source[worst].line,
	    rp->source[worst].name);
	put_shortage(c, worst, len_class, &b);
	if (more > 0)
		buf_putf(&b, " (and %" PRIu32 " more sources like it)", more);
	if (too_many_lengths(c, worst) == 0) {
		buf_puts(&b, ": lower its weight so that others take it: ");
		put_others(c, worst, len_class, &b);
	}
	buf_putc(&b, '\0');
	err_set(c->err, EXIT_DATA, "%s", b.p);
	buf_free(&b);
	return -1;
}

int
resolve_counts(
    const struct plan *p, const char *name, struct resolved *rp, struct err *err)
{
	struct counter c = { .p = p, .name = name, .rp = rp, .err = err };
	bool max = p->phase[p->nphases - 1].tokens == PLAN_UNSET;
	struct epoch_parts *parts = NULL;
	int rc = 0;

	c.count = xcalloc(rp->nsources, sizeof *c.count);
	c.phase = xcalloc(rp->nsources, sizeof *c.phase);
	c.ahead = xcalloc(rp->nsources, sizeof *c.ahead);
	c.drawn = xcalloc(xmul(rp->nclasses, rp->nsources), sizeof *c.drawn);
	for (uint32_t s = 0; s < rp->nsources; s++)
		if (max && rp->source[s].cap == RESOLVED_NONE)
			rp->source[s].cap = CAP_ONE;
	for (uint32_t k = 0; k < rp->nphases && rc == 0; k++)
		rc = count_phase(&c, k);
	if (rc == 0)
		rc = put_row(&c);
	if (rc == 0)
		rc = check_caps(&c);
	if (rc == 0) {
		resolved_layout(rp);
		rp->samples =
		    rp->phase[rp->nphases - 1].first + rp->phase[rp->nphases - 1].samples;
		parts = epoch_parts_new(rp, err);
		rc = parts ? 0 : -1;
	}
	epoch_parts_free(parts);
	free(c.count);
	free(c.phase);
	free(c.ahead);
	free(c.drawn);
	return rc;
}
