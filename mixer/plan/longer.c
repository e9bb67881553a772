/* longer.c - whether one resolved plan is a longer form of another. */
#include "mixer/plan/longer.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "mixer/plan/decimal.h"
#include "mixer/plan/epoch_parts.h"

struct comparison {
	const struct resolved *old, *rp;
	const char *name;
	struct err *err;
};

/* Returns false. */
static bool PRINTF(2, 3) differs(const struct comparison *c, const char *fmt, ...)
{
	char what[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	err_set(c->err, EXIT_DATA,
	    "%s: the plan does not begin with this run, %s: choose another directory, or "
	    "replace the run with --force",
	    c->name, what);
	return false;
}

static bool
same_head(const struct comparison *c)
{
	const struct resolved *a = c->old, *b = c->rp;

	if (a->seed != b->seed)
		return differs(c, "its seed is %" PRIu64 ", that of the run %" PRIu64,
		    b->seed, a->seed);
	if (a->bestfit != b->bestfit || a->whole != b->whole || a->align != b->align)
		return differs(c, "its documents are packed in another way");
	if (memcmp(a->tokenizer, b->tokenizer, sizeof a->tokenizer) != 0 ||
	    a->vocab != b->vocab || a->eod != b->eod || a->pad != b->pad ||
	    a->bos != b->bos)
		return differs(c, "its shards have another tokenizer");
	return true;
}

static bool
same_phases(const struct comparison *c)
{
	const struct resolved *a = c->old, *b = c->rp;

	if (a->nphases > b->nphases)
		return differs(c, "it lacks phase '%s'", a->phase[b->nphases].name);
	for (uint32_t k = 0; k < a->nphases; k++) {
		const struct resolved_phase *x = &a->phase[k], *y = &b->phase[k];

		if (strcmp(x->name, y->name) != 0)
			return differs(c, "its phase '%s' is phase '%s' of the run",
			    y->name, x->name);
		if (x->seq != y->seq || x->shard != y->shard)
			return differs(c,
			    "phase '%s' has another length of samples or shards",
			    x->name);
		if (y->samples < x->samples ||
		    (y->samples > x->samples && k + 1 < a->nphases))
			return differs(c,
			    "phase '%s' has %" PRIu64 " samples, in the run %" PRIu64,
			    x->name, y->samples, x->samples);
	}
	return true;
}

static bool
same_weights(const struct comparison *c, const char *what, const char *name,
    const uint64_t *old, const uint64_t *new)
{
	for (uint32_t k = 0; k < c->old->nphases; k++)
		if (old ? old[k] != new[k] : new[k] != 0)
			return differs(c, "%s '%s' has %s in phase '%s'", what, name,
			    old ? "another weight" : "a weight, and is not in the run,",
			    c->old->phase[k].name);
	return true;
}

static bool
same_groups(const struct comparison *c)
{
	const struct resolved *a = c->old, *b = c->rp;

	for (uint32_t g = 0; g < a->ngroups; g++) {
		if (g >= b->ngroups)
			return differs(c, "it lacks group '%s'", a->group[g].name);
		if (strcmp(a->group[g].name, b->group[g].name) != 0)
			return differs(c, "its group '%s' is group '%s' of the run",
			    b->group[g].name, a->group[g].name);
	}
	for (uint32_t g = 0; g < b->ngroups; g++)
		if (!same_weights(c, "group", b->group[g].name,
			g < a->ngroups ? a->group[g].weight : NULL, b->group[g].weight))
			return false;
	return true;
}

static bool
same_inputs(const struct resolved_source *x, const struct resolved_source *y)
{
	if (x->ninputs != y->ninputs)
		return false;
	for (uint32_t i = 0; i < x->ninputs; i++)
		if (memcmp(x->input[i].digest, y->input[i].digest,
			sizeof x->input[i].digest) != 0)
			return false;
	return true;
}

static bool
same_copies(const struct resolved_source *x, const struct resolved_source *y)
{
	if (x->ncopies != y->ncopies)
		return false;
	for (uint32_t i = 0; i < x->ncopies; i++)
		if (x->copies[i].from != y->copies[i].from ||
		    x->copies[i].times != y->copies[i].times)
			return false;
	return true;
}

/*
 * Whether the run has the sample that would be padded if the stream of a source ended
 * before part `end`.
 */
static bool
has_last_sample(
    const struct resolved *rp, const struct epoch_parts *p, uint32_t s, uint64_t end)
{
	uint64_t last = (epoch_part_token(&rp->source[s], end) - 1) / rp->class_seq[0];
	struct sample_pos at = { .source = s, .part = epoch_part_of(rp, s, 0, last) };
	struct sample_order *o = sample_order_new(p);
	bool has = false;

	at.index = last - epoch_part_first(rp, s, 0, at.part);
	if (at.part < epoch_parts_begun(p, s, 0))
		has = sample_order_number(o, &at) < epoch_parts_total(p, s, 0);
	sample_order_free(o);
	return has;
}

/*
 * A cap ends the stream of a source.  With pack bestfit, no sample shows that.  With
 * concat, it pads the last sample, and so stops this from reaching the next epoch part,
 * which would have taken a number in SEG.  With one length class, numbers follow the
 * parts.
 */
static bool
same_until_cap(const struct comparison *c, const struct epoch_parts *p, uint32_t s)
{
	uint64_t end = epoch_part_end(&c->old->source[s]),
		 other = epoch_part_end(&c->rp->source[s]);
	bool reached = false;

	if (end == other || c->old->bestfit)
		return true;
	if (other < end)
		end = other;
	for (uint32_t k = 0; k < c->old->nclasses; k++)
		reached |= epoch_parts_begun(p, s, k) >= end;
	if (!reached)
		return true;
	return c->old->nclasses == 1 && !has_last_sample(c->old, p, s, end);
}

static bool
same_source(const struct comparison *c, uint32_t s)
{
	const struct resolved_source *x = &c->old->source[s], *y = &c->rp->source[s];

	if (strcmp(x->name, y->name) != 0)
		return differs(
		    c, "its source '%s' is source '%s' of the run", y->name, x->name);
	if (x->group != y->group)
		return differs(c, "source '%s' is in another group", x->name);
	if (!same_inputs(x, y))
		return differs(c, "source '%s' has other shards", x->name);
	if (x->takes != y->takes || x->take != y->take)
		return differs(c, "source '%s' takes other examples", x->name);
	if (!same_copies(x, y))
		return differs(c, "source '%s' has other copies", x->name);
	if (x->hold != y->hold || x->only_held != y->only_held)
		return differs(c, "source '%s' holds out other documents", x->name);
	return true;
}

/* Weights and caps may follow from what same_source compares, so they come after it. */
static bool
same_shares(const struct comparison *c, const struct epoch_parts *p, uint32_t s)
{
	const struct resolved_source *x = &c->old->source[s], *y = &c->rp->source[s];

	if (!same_weights(c, "source", x->name, x->weight, y->weight))
		return false;
	if (!same_until_cap(c, p, s))
		return differs(
		    c, "source '%s' has another cap, which the run reaches", x->name);
	return true;
}

static bool
same_sources(const struct comparison *c, const struct epoch_parts *p)
{
	const struct resolved *a = c->old, *b = c->rp;

	for (uint32_t s = 0; s < a->nsources; s++) {
		if (s >= b->nsources)
			return differs(c, "it lacks source '%s'", a->source[s].name);
		if (!same_source(c, s))
			return false;
	}
	for (uint32_t s = 0; s < a->nsources; s++)
		if (!same_shares(c, p, s))
			return false;
	for (uint32_t s = a->nsources; s < b->nsources; s++)
		if (!same_weights(
			c, "source", b->source[s].name, NULL, b->source[s].weight))
			return false;
	return true;
}

/* The counts follow from all that is compared before. */
static bool
same_counts(const struct comparison *c)
{
	const struct resolved *a = c->old, *b = c->rp;

	for (uint64_t i = 0; i < a->nshards; i++)
		if (memcmp(a->at + i * a->nsources, b->at + i * b->nsources,
			a->nsources * sizeof *a->at) != 0)
			return differs(
			    c, "other numbers of samples precede shard %" PRIu64, i);
	return true;
}

bool
resolved_is_longer(const struct resolved *old, const struct resolved *rp,
    const char *name, struct err *err)
{
	const struct comparison c = { old, rp, name, err };
	struct epoch_parts *p = epoch_parts_new(old, err);
	bool same = p && same_head(&c) && same_phases(&c) && same_groups(&c) &&
		    same_sources(&c, p) && same_counts(&c);

	epoch_parts_free(p);
	return same;
}

uint64_t
resolved_same_shards(const struct resolved *old, const struct resolved *rp)
{
	uint64_t last = old->nshards - 1;

	return resolved_shard_samples(old, last) == resolved_shard_samples(rp, last)
		   ? old->nshards
		   : last;
}
