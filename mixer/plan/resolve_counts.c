/* resolve_counts.c - counts the samples of each source at each shard, and checks the
 * caps.
 */
#include "mixer/plan/resolve.h"

#include <inttypes.h>
#include <stdlib.h>

#include "mixer/plan/decimal.h"
#include "mixer/plan/epoch_parts.h"
#include "mixer/plan/group_schedule.h"
#include "mixer/plan/schedule.h"

struct counter {
	const struct plan *p;
	const char *name;
	struct resolved *rp;
	struct err *err;
	struct group_schedule *schedule,
	    *scout;	 /* of the current phase; scout: for jumps ahead */
	uint64_t *count; /* samples of each source so far */
	uint64_t *phase; /* the same within the phase */
	uint64_t *ahead; /* the same at the end of the shard */
	uint64_t *drawn; /* samples by length class: [len_class * nsources + s] */
	uint64_t run_up; /* that sufficed for the last jump */
	uint64_t rows;	 /* filled in rp->at */
	uint64_t cap;	 /* rows allocated */
};

enum {
	MAX_COUNTS = 1 << 27, /* counts in plan.lock, about 1 GB of text */
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
		    "%s: plan.lock needs more than %d counts, one per source and shard: "
		    "raise 'shard'",
		    c->name, MAX_COUNTS);
	memcpy(
	    rp->at + c->rows * rp->nsources, c->count, rp->nsources * sizeof *c->count);
	c->rows++;
	return 0;
}

/* ---- from shard to shard ---- */

/* Try increasing run-ups while they cost less than visiting each sample of the shard. */
static bool
jump(struct counter *c, uint64_t slot, uint64_t samples)
{
	while (c->run_up < samples / 4 / group_schedule_parts(c->scout)) {
		if (group_schedule_jump(c->scout, slot, c->run_up, c->ahead))
			return true;
		c->run_up *= 4;
	}
	return false;
}

/* Set ahead[] to the counts after `samples` more samples of the phase, from slot on. */
static void
look_ahead(struct counter *c, uint64_t slot, uint64_t samples)
{
	if (jump(c, slot + samples, samples))
		return;
	memcpy(c->ahead, c->phase, c->rp->nsources * sizeof *c->ahead);
	group_schedule_seek(c->schedule, slot, c->phase);
	for (uint64_t i = 0; i < samples; i++)
		c->ahead[group_schedule_next(c->schedule)]++;
}

/*
 * The number of samples before a source exceeds its limit, in a shard of a phase 'max'.
 */
static uint64_t
samples_until_limit(
    struct counter *c, uint64_t slot, const uint64_t *limit, uint64_t samples)
{
	group_schedule_seek(c->schedule, slot, c->phase);
	memcpy(c->ahead, c->phase, c->rp->nsources * sizeof *c->ahead);
	for (uint64_t i = 0; i < samples; i++) {
		uint32_t s = group_schedule_next(c->schedule);

		if (c->ahead[s] == limit[s])
			return i;
		c->ahead[s]++;
	}
	return samples;
}

static bool
exceeds_limit(const struct counter *c, const uint64_t *limit)
{
	for (uint32_t s = 0; s < c->rp->nsources; s++)
		if (c->ahead[s] > limit[s])
			return true;
	return false;
}

/* limit: samples that each source may give in this phase; NULL: unlimited. */
static int
count_shards(struct counter *c, uint32_t k, const uint64_t *limit)
{
	struct resolved *rp = c->rp;
	struct resolved_phase *ph = &rp->phase[k];
	uint64_t slot = 0, n = 0;
	bool exhausted = false;

	for (; slot < ph->samples && !exhausted; slot += n) {
		n = ph->samples - slot < ph->shard ? ph->samples - slot : ph->shard;
		look_ahead(c, slot, n);
		exhausted = limit && exceeds_limit(c, limit);
		if (exhausted)
			n = samples_until_limit(c, slot, limit, n);
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
		    "%s: phase '%s': the caps leave no samples for it: raise a cap",
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
	c->schedule = resolved_schedule(rp, k);
	c->scout = resolved_schedule(rp, k);
	c->run_up = FIRST_RUN_UP;
	if (c->p->phase[k].tokens == PLAN_UNSET && !resolved_takes(rp)) {
		limit = xcalloc(rp->nsources, sizeof *limit);
		for (uint32_t s = 0; s < rp->nsources; s++) {
			uint64_t most = epoch_part_limit(rp, s, len_class, c->drawn),
				 drawn = c->drawn[len_class * rp->nsources + s];

			limit[s] = most > drawn ? most - drawn : 0;
		}
	}
	rc = count_shards(c, k, limit);
	for (uint32_t s = 0; s < rp->nsources; s++)
		c->drawn[len_class * rp->nsources + s] += c->phase[s];
	free(limit);
	group_schedule_free(c->schedule);
	group_schedule_free(c->scout);
	return rc;
}

/* Take lines determine the samples of the phase; the weights follow from them. */
static int
take_all(struct counter *c)
{
	struct resolved *rp = c->rp;
	u128 *samples = xcalloc(rp->nsources, sizeof *samples);
	uint64_t *share = xcalloc(rp->nsources, sizeof *share), sum = 0;

	for (uint32_t s = 0; s < rp->nsources; s++) {
		samples[s] = resolved_taken(rp, s);
		sum += (uint64_t)samples[s];
	}
	if (sum <= SCHEDULE_MAX) {
		plan_divide(samples, rp->nsources, share);
		for (uint32_t s = 0; s < rp->nsources; s++)
			rp->source[s].weight[0] = share[s];
		rp->phase[0].samples = sum;
	}
	free(samples);
	free(share);
	return sum <= SCHEDULE_MAX
		   ? 0
		   : err_set(c->err, EXIT_DATA,
			 "%s: the run exceeds 2^40 samples: split it into "
			 "two plans",
			 c->name);
}

/* ---- caps ---- */

/* Tokens that source s may still give in a length class. */
static uint64_t
left_over(const struct counter *c, uint32_t s, uint32_t len_class)
{
	uint64_t most = epoch_part_limit(c->rp, s, len_class, c->drawn),
		 drawn = c->drawn[len_class * c->rp->nsources + s];

	return most > drawn ? (most - drawn) * c->rp->class_seq[len_class] : 0;
}

/* Append the fix where no other source can give tokens in its place. */
static void
put_shorter(struct counter *c, uint32_t s, uint32_t len_class, struct buf *b)
{
	const struct resolved *rp = c->rp;
	const uint64_t most = epoch_part_limit(rp, s, len_class, c->drawn);
	const uint64_t over = c->drawn[len_class * rp->nsources + s] - most;
	const bool capped = rp->source[s].cap != RESOLVED_NONE;

	if (rp->nphases == 1)
		buf_putf(b, ": shorten phase %s to %" PRIu64 " tokens%s",
		    rp->phase[0].name, most * rp->class_seq[len_class],
		    capped ? ", write 'max' for them" : "");
	else
		buf_putf(b, ": shorten the phases by %" PRIu64 " tokens",
		    over * rp->class_seq[len_class]);
	if (capped)
		buf_puts(b, ", or raise the cap");
}

/* Whether another source is in the group of source s. */
static bool
has_others(const struct resolved *rp, uint32_t s)
{
	for (uint32_t i = 0; i < rp->nsources; i++)
		if (i != s && rp->source[i].group == rp->source[s].group)
			return true;
	return false;
}

/* Append the fix: sources of the same group that have tokens left. */
static void
put_others(struct counter *c, uint32_t exhausted, uint32_t len_class, struct buf *b)
{
	const struct resolved *rp = c->rp;
	unsigned n = 0;

	if (rp->nsources == 1) {
		put_shorter(c, exhausted, len_class, b);
		return;
	}
	if (has_others(rp, exhausted))
		buf_puts(b, ": lower its weight");
	else
		buf_putf(b, ": lower the share of group '%s'",
		    rp->group[rp->source[exhausted].group].name);
	for (uint32_t s = 0; s < rp->nsources; s++) {
		if (rp->source[s].group != rp->source[exhausted].group ||
		    left_over(c, s, len_class) == 0)
			continue;
		if (n++ == 4)
			break;
		buf_putf(b, "%s%s", n > 1 ? ", " : " in favour of ", rp->source[s].name);
		if (rp->source[s].cap != RESOLVED_NONE)
			buf_putf(
			    b, " (%" PRIu64 " tokens left)", left_over(c, s, len_class));
	}
	if (n == 5)
		buf_puts(b, ", ...");
	if (n == 0 && rp->source[exhausted].cap != RESOLVED_NONE)
		buf_puts(b, ", or raise the cap");
}

static void
put_cap(const struct counter *c, uint32_t s, struct buf *b)
{
	char text[DECIMAL_TEXT];

	if (c->rp->source[s].cap == RESOLVED_NONE)
		buf_putf(
		    b, "the limit of %d uses of a document allows", RESOLVED_MAX_PARTS);
	else
		buf_putf(b, "its cap of %s epoch%s allows",
		    decimal_text(c->rp->source[s].cap, CAP_PLACES, text),
		    c->rp->source[s].cap == CAP_ONE ? "" : "s");
}

/*
 * The number of length classes of a source if they begin more epoch parts than its cap
 * allows, else 0.  Classes cannot share an epoch, so what one leaves unused is lost to
 * the others.
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

/* Explain why source s exceeds its limit in a length class. */
static void
put_shortage(struct counter *c, uint32_t s, uint32_t len_class, struct buf *b)
{
	const struct resolved *rp = c->rp;
	uint64_t drawn =
	    c->drawn[len_class * rp->nsources + s] * rp->class_seq[len_class];
	uint64_t most =
	    epoch_part_limit(rp, s, len_class, c->drawn) * rp->class_seq[len_class];
	uint32_t lengths = too_many_lengths(c, s);

	if (lengths > 0) {
		buf_putf(b,
		    "samples of %" PRIu32 " lengths begin separate epochs, more than ",
		    lengths);
		put_cap(c, s, b);
		return;
	}
	buf_putf(b, "it needs %" PRIu64 " tokens, ", drawn);
	put_cap(c, s, b);
	buf_putf(b, " %" PRIu64, most);
}

/*
 * Report the first source that exceeds its cap, and sources of its group with tokens
 * left.
 */
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
		buf_putf(&b, "; %" PRIu32 " more source%s", more,
		    more == 1 ? " runs out" : "s run out");
	if (too_many_lengths(c, worst) == 0)
		put_others(c, worst, len_class, &b);
	else
		buf_puts(&b, ": raise the cap, or split its shards into a source per "
			     "length");
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
	if (resolved_takes(rp))
		rc = take_all(&c);
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
