/* blend_table.c - prints the result of check-blend as tables. */
#include <inttypes.h>

#include "lib/base/num.h"
#include "mixer/check/check_blend.h"
#include "mixer/plan/decimal.h"
#include "mixer/plan/shares.h"

enum { PLACES = 6 }; /* decimals of a share error */

/* Mask control bytes of file names and ids. */
static void
put_clean(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++)
		buf_putc(b, (unsigned char)*s < 32 || *s == 127 ? '?' : *s);
}

/* ---- shares, in the columns of tamis plan --dry-run ---- */

/* weight: one per phase. */
static void
put_row(const struct blend_check *v, const struct phase_range *p, const uint64_t *weight,
    struct drawn had, struct shares_row *r, struct buf *b)
{
	share_parts planned =
	    blend_planned(v, p->from, p->to, weight) / (SHARE_ONE / 1000000);

	r->planned = p->room == 0 ? 0 : (uint64_t)(planned / p->room);
	r->achieved = p->all.tokens == 0
			  ? 0
			  : (uint64_t)((share_parts)had.tokens * 1000000 / p->all.tokens);
	r->samples = had.samples;
	r->tokens = had.tokens;
	shares_put_row(r, shares_width(v->rp), b);
}

static void
put_source(
    const struct blend_check *v, const struct phase_range *p, uint32_t s, struct buf *b)
{
	const struct resolved_source *src = &v->rp->source[s];
	struct shares_row r = { .name = src->name,
		.source = true,
		.epoch = resolved_epoch_tokens(src),
		.cap = src->cap };

	put_row(v, p, src->weight, blend_source(v, p->from, p->to, s), &r, b);
}

static void
put_shares(const struct blend_check *v, uint32_t from, uint32_t to, struct buf *b)
{
	struct phase_range p = blend_range(v, from, to);

	shares_put_head(shares_width(v->rp), b);
	for (uint32_t g = 0; g < v->rp->ngroups; g++) {
		struct shares_row r = { .name = v->rp->group[g].name };

		put_row(
		    v, &p, v->rp->group[g].weight, blend_group(v, from, to, g), &r, b);
		for (uint32_t s = 0; s < v->rp->nsources; s++)
			if (v->rp->source[s].group == g)
				put_source(v, &p, s, b);
	}
}

/* ---- share errors ---- */

/* Rounded down, so that an error below 1 never prints as 1. */
static void
put_off(struct buf *b, share_parts off)
{
	uint64_t unit = SHARE_ONE;

	for (int i = 0; i < PLACES; i++)
		unit /= 10;
	buf_putf(b, "%" PRIu64 ".%0*" PRIu64, (uint64_t)(off / SHARE_ONE), PLACES,
	    (uint64_t)(off % SHARE_ONE) / unit);
}

static void
put_worst(struct buf *b, const struct worst_share *w, const char *what, const char *name)
{
	buf_putf(b, "  %s %s by ", what, name);
	put_off(b, w->off);
}

static void
put_phase(const struct blend_check *v, uint32_t k, struct buf *b)
{
	const struct phase_error *ph = &v->shares.phase[k];
	const struct resolved *rp = v->rp;

	buf_putf(b,
	    "phase %s: %" PRIu64 " of %" PRIu64 " sample%s of %" PRIu32 " token%s\n",
	    rp->phase[k].name, ph->n, rp->phase[k].samples, plural(rp->phase[k].samples),
	    rp->phase[k].seq, plural(rp->phase[k].seq));
	if (blend_phases(v) > 1)
		put_shares(v, k, k + 1, b);
	if (ph->from == 0) {
		put_worst(b, &ph->source, "farthest from its share: source",
		    rp->source[ph->source.id].name);
		buf_putf(
		    b, " samples, after %" PRIu64 " samples of the run\n", ph->source.at);
		put_worst(b, &ph->any_group, "farthest from its share: group",
		    rp->group[ph->any_group.id].name);
		buf_putf(b, " samples, after %" PRIu64 " samples of the run\n",
		    ph->any_group.at);
	}
	put_worst(b, &ph->end, "at the end: source", rp->source[ph->end.id].name);
	buf_puts(b, " samples\n");
}

static void
put_batches(const struct blend_check *v, struct buf *b)
{
	const struct batch_error *a = &v->shares.batches;

	if (v->only) {
		buf_putf(b,
		    "batch %" PRIu64 ": samples %" PRIu64 " to %" PRIu64 " of the run\n",
		    v->only->no, v->first, v->end - 1);
	} else {
		buf_putf(b, "batches: %" PRIu64, a->n);
		if (v->rp->nbatches == 0)
			buf_putf(b, " of %d samples, as the plan has no batch lines",
			    BATCH_DEFAULT);
		buf_putc(b, '\n');
	}
	put_worst(b, &a->source, "farthest from its share: source",
	    v->rp->source[a->source.id].name);
	buf_putf(b, " samples, in batch %" PRIu64 "\n", a->source.at);
	put_worst(b, &a->group, "farthest from its share: group",
	    v->rp->group[a->group.id].name);
	buf_putf(b, " samples, in batch %" PRIu64 "\n", a->group.at);
	if (a->df == 0)
		return;
	buf_puts(b, "  chi-squared of sources in batches, per degree of freedom: ");
	num_put(b, a->chi2 / (double)a->df, 6);
	buf_puts(b, " (1 if drawn at random)\n");
}

/* ---- training order ---- */

static void
put_thousandths(struct buf *b, uint64_t v)
{
	buf_putf(b, " %6" PRIu64 ".%03" PRIu64, v / 1000, v % 1000);
}

static void
put_order(const struct blend_check *v, struct buf *b)
{
	buf_puts(
	    b, "training order: shuffling of each source, and runs of its samples\n");
	buf_putf(b, "  %10s %8s %12s %10s %10s %10s  source\n", "chi2/df", "df", "pairs",
	    "in a row", "by chance", "most");
	for (uint32_t s = 0; s < v->rp->nsources; s++) {
		const struct shuffle_source *o = &v->shuffle.source[s];
		uint64_t chance = blend_chance_run(v, s);
		struct buf chi = { 0 };

		if (o->samples == 0)
			continue;
		if (o->df > 0)
			num_put(&chi, o->chi2 / (double)o->df, 4);
		else
			buf_putc(&chi, '-');
		buf_putf(b, "  %10.*s %8" PRIu64 " %12" PRIu64, (int)chi.n, chi.p, o->df,
		    o->pairs);
		put_thousandths(b, o->samples * 1000 / o->runs);
		if (chance > 0)
			put_thousandths(b, chance);
		else
			buf_putf(b, " %10s", "-");
		buf_putf(b, " %10" PRIu64 "  %s\n", o->longest, v->rp->source[s].name);
		buf_free(&chi);
	}
}

/* ---- distances between repeats ---- */

static void
put_distances(const struct blend_check *v, const char *what,
    const struct repeat_stats *of, char *const *id, struct buf *b)
{
	bool any = false;

	for (uint32_t s = 0; s < v->rp->nsources; s++) {
		const struct repeat_stats *d = &of[s];

		if (d->distance.total == 0)
			continue;
		if (!any)
			buf_putf(b,
			    "distances in samples between %s\n  %12s %12s %12s  source, "
			    "and the document with the smallest distance\n",
			    what, "pairs", "smallest", "median");
		any = true;
		buf_putf(b, "  %12" PRIu64 " %12" PRIu64 " %12" PRIu64 "  %s, ",
		    d->distance.total, d->distance.least,
		    histogram_quantile(&d->distance, 500), v->rp->source[s].name);
		if (id[s]) {
			buf_putc(b, '\'');
			put_clean(b, id[s]);
			buf_putc(b, '\'');
		} else {
			buf_putf(b, "document %" PRIu64, d->nearest.row);
		}
		buf_putf(b, ": samples %" PRIu64 " and %" PRIu64 "\n", d->before,
		    d->nearest.sample);
	}
	if (!any)
		buf_putf(b, "distances in samples between %s: no pairs\n", what);
}

static void
put_all_distances(const struct blend_check *v, struct buf *b)
{
	buf_putf(b, "documents measured: %" PRIu64, v->repeats.followed);
	if (v->repeats.log2 > 0)
		buf_putf(b, ", one in %" PRIu64, UINT64_C(1) << v->repeats.log2);
	buf_putc(b, '\n');
	put_distances(v, "copies of a document in different epochs", v->repeats.copies,
	    v->copy_id, b);
	put_distances(v, "fragments of a document in an epoch", v->repeats.fragments,
	    v->fragment_id, b);
}

void
blend_table(const struct blend_check *v, struct buf *b)
{
	struct drawn all = blend_all(v, 0, v->rp->nphases);

	put_clean(b, v->dir);
	buf_putf(b,
	    ": samples %" PRIu64 " to %" PRIu64 " of %" PRIu64 ", %" PRIu64
	    " tokens and %" PRIu64 " of pad\n",
	    v->first, v->end - 1, v->rp->samples, all.tokens, all.pad);
	put_shares(v, 0, v->rp->nphases, b);
	for (uint32_t k = 0; k < v->rp->nphases && !v->only; k++)
		if (v->shares.phase[k].n > 0)
			put_phase(v, k, b);
	put_batches(v, b);
	if (!v->only) {
		put_order(v, b);
		put_all_distances(v, b);
	}
	buf_puts(b, v->as_planned ? "as planned\n" : "not as planned\n");
}
