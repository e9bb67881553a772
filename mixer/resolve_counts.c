/* resolve_counts.c - how many samples each source gives, phase by phase, and who runs
 * out. */
#include "mixer/resolve.h"

#include <inttypes.h>
#include <stdlib.h>

#include "mixer/decimal.h"
#include "mixer/schedule.h"

struct counter {
	const struct plan *p;
	const char *name;
	struct lock *l;
	struct err *err;
	uint64_t *count, *limit; /* one a source */
	uint64_t rows;		 /* of l->at */
	uint64_t cap;		 /* rows that there is room for */
};

enum { MAX_COUNTS = 1 << 27 }; /* numbers in plan.lock: about 1 GB */

/* Phases in samples; a phase ends at the last whole sample of all tokens up to its end.
 */
static int
count_phases(struct counter *c)
{
	const struct plan *p = c->p;
	struct lock *l = c->l;
	uint64_t tokens = 0, before = 0;

	l->phase = xcalloc(p->nphases, sizeof *l->phase);
	l->nphases = p->nphases;
	for (uint32_t k = 0; k < p->nphases; k++) {
		uint64_t end;

		l->phase[k].name = arena_copy(&l->mem, span_of(p->phase[k].name));
		if (p->phase[k].tokens == PLAN_UNSET) {
			l->phase[k].samples = SCHEDULE_MAX - before;
			return 0;
		}
		if (__builtin_add_overflow(tokens, p->phase[k].tokens, &tokens) ||
		    tokens / l->seq > SCHEDULE_MAX)
			return err_set(c->err, EXIT_DATA,
			    "%s: phase '%s': a run has at most 2^40 samples: plan two "
			    "runs",
			    c->name, p->phase[k].name);
		end = tokens / l->seq;
		if (end == before)
			return err_set(c->err, EXIT_DATA,
			    "%s: phase '%s' is shorter than one sample of %" PRIu32
			    " tokens: give it more",
			    c->name, p->phase[k].name, l->seq);
		l->phase[k].samples = end - before;
		before = end;
	}
	return 0;
}

static int
put_row(struct counter *c)
{
	struct lock *l = c->l;

	if (c->rows == c->cap) {
		c->cap = c->cap ? 2 * c->cap : 16;
		l->at = xrealloc(l->at, xmul(c->cap, l->nsources), sizeof *l->at);
	}
	if ((c->rows + 1) * l->nsources > MAX_COUNTS)
		return err_set(c->err, EXIT_DATA,
		    "%s: more than %d counts of sources at shards: write larger shards",
		    c->name, MAX_COUNTS);
	memcpy(l->at + c->rows * l->nsources, c->count, l->nsources * sizeof *c->count);
	c->rows++;
	return 0;
}

/* Run the schedule; in a phase of 'max' up to where somebody runs out. */
static int
run_schedule(struct counter *c)
{
	struct lock *l = c->l;
	struct lock_order order;
	uint64_t n = 0, total = 0;
	int rc = -1;

	for (uint32_t k = 0; k < l->nphases; k++)
		total += l->phase[k].samples;
	lock_order_init(&order, l);
	for (; n < total; n++) {
		uint32_t s = lock_order_next(&order);

		if (c->p->phase[order.phase].tokens == PLAN_UNSET &&
		    c->count[s] == c->limit[s]) {
			l->phase[order.phase].samples -= order.left + 1;
			break;
		}
		if (n % l->shard == 0 && put_row(c) < 0)
			goto out;
		c->count[s]++;
	}
	l->samples = n;
	l->nshards = c->rows;
	if (l->phase[l->nphases - 1].samples == 0) {
		err_set(c->err, EXIT_DATA,
		    "%s: phase '%s': the caps leave no sample to it: raise a cap",
		    c->name, l->phase[l->nphases - 1].name);
		goto out;
	}
	rc = put_row(c);
out:
	lock_order_release(&order);
	return rc;
}

/* The sources of the same group that could give what `short_of` lacks, with what they
 * have. */
static void
put_others(struct counter *c, uint32_t short_of, struct buf *b)
{
	const struct lock *l = c->l;
	unsigned n = 0;

	for (uint32_t s = 0; s < l->nsources; s++) {
		if (l->source[s].group != l->source[short_of].group ||
		    c->count[s] >= c->limit[s])
			continue;
		if (n++ == 4)
			break;
		buf_putf(b, "%s%s", n > 1 ? ", " : "", l->source[s].name);
		if (l->source[s].cap != LOCK_NONE)
			buf_putf(b, " (%" PRIu64 " left)",
			    (c->limit[s] - c->count[s]) * l->seq);
	}
	if (n == 0)
		buf_puts(b, "nobody in its group");
	else if (n == 5)
		buf_puts(b, ", ...");
}

/* Who was asked for more than the cap, and who of the group could step in. */
static int
check_caps(struct counter *c)
{
	const struct lock *l = c->l;
	struct buf b = { 0 };
	uint32_t worst = UINT32_MAX, more = 0;

	for (uint32_t s = 0; s < l->nsources; s++) {
		if (c->count[s] <= c->limit[s])
			continue;
		if (worst != UINT32_MAX)
			more++;
		else
			worst = s;
	}
	if (worst == UINT32_MAX)
		return 0;
	buf_putf(&b,
	    "%s:%u: source '%s' runs out: its part of the run is %" PRIu64 " tokens, ",
	    c->name, c->p->source[worst].line, l->source[worst].name,
	    c->count[worst] * l->seq);
	if (l->source[worst].cap == LOCK_NONE) {
		buf_putf(
		    &b, "the %d epochs that a shard can count allow", LOCK_MAX_EPOCHS);
	} else {
		buf_puts(&b, "its cap of ");
		decimal_put(&b, l->source[worst].cap, CAP_PLACES);
		buf_puts(&b, " epochs allows");
	}
	buf_putf(&b, " %" PRIu64 ", short by %" PRIu64, c->limit[worst] * l->seq,
	    (c->count[worst] - c->limit[worst]) * l->seq);
	if (more > 0)
		buf_putf(&b, " (and %" PRIu32 " more sources like it)", more);
	buf_puts(&b, ": lower its weight so that others take it: ");
	put_others(c, worst, &b);
	buf_putc(&b, '\0');
	err_set(c->err, EXIT_DATA, "%s", b.p);
	buf_free(&b);
	return -1;
}

int
resolve_counts(const struct plan *p, const char *name, struct lock *l, struct err *err)
{
	struct counter c = { .p = p, .name = name, .l = l, .err = err };
	bool max = p->phase[p->nphases - 1].tokens == PLAN_UNSET;
	int rc = -1;

	c.count = xcalloc(l->nsources, sizeof *c.count);
	c.limit = xcalloc(l->nsources, sizeof *c.limit);
	for (uint32_t s = 0; s < l->nsources; s++) {
		if (max && l->source[s].cap == LOCK_NONE)
			l->source[s].cap = CAP_ONE;
		c.limit[s] = lock_limit(l, &l->source[s]);
	}
	if (count_phases(&c) == 0 && run_schedule(&c) == 0)
		rc = check_caps(&c);
	free(c.count);
	free(c.limit);
	return rc;
}
