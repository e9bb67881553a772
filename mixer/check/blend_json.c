/* blend_json.c - plan and achievement side by side, as JSON whose keys are sorted. */
#include <inttypes.h>

#include "lib/base/num.h"
#include "lib/text/json.h"
#include "mixer/check/check_blend.h"
#include "mixer/plan/decimal.h"

static void
put_u64(struct buf *b, const char *before, const char *key, uint64_t v)
{
	buf_putf(b, "%s\"%s\":%" PRIu64, before, key, v);
}

static void
put_str(struct buf *b, const char *before, const char *key, const char *s)
{
	buf_putf(b, "%s\"%s\":", before, key);
	if (s)
		json_quote_any(b, span_of(s));
	else
		buf_puts(b, "null");
}

/* a / of with 12 decimals, rounded down. */
static void
put_share(
    struct buf *b, const char *before, const char *key, share_parts a, share_parts of)
{
	buf_putf(b, "%s\"%s\":", before, key);
	decimal_put(b, of == 0 ? 0 : (uint64_t)(a / of), SHARE_PLACES);
}

/* Samples, exactly. */
static void
put_samples(struct buf *b, const char *before, const char *key, share_parts off)
{
	uint64_t whole = (uint64_t)(off / SHARE_ONE), rest = (uint64_t)(off % SHARE_ONE);

	buf_putf(b, "%s\"%s\":%" PRIu64, before, key, whole);
	if (rest > 0)
		buf_putf(b, ".%0*" PRIu64, SHARE_PLACES, rest);
}

static void
put_thousandths(struct buf *b, const char *before, const char *key, uint64_t v)
{
	buf_putf(b, "%s\"%s\":%" PRIu64 ".%03" PRIu64, before, key, v / 1000, v % 1000);
}

static void
put_chi2(struct buf *b, const char *before, double chi2, uint64_t df)
{
	buf_putf(b, "%s\"chi2_per_df\":", before);
	if (df == 0)
		buf_puts(b, "null");
	else
		num_put(b, chi2 / (double)df, 6);
	put_u64(b, ",", "df", df);
}

/* ---- shares ---- */

/* Phases [from, to). */
struct phase_range {
	uint32_t from, to;
	uint64_t room;
	struct drawn all;
};

static void
put_drawn(const struct blend_check *v, const struct phase_range *p, const char *name,
    const uint64_t *weight, const struct drawn *had, struct buf *b)
{
	put_str(b, ",", "name", name);
	put_u64(b, ",", "pad", had->pad);
	put_share(b, ",", "planned", blend_planned(v, p->from, p->to, weight), p->room);
	put_u64(b, ",", "samples", had->samples);
	put_u64(b, ",", "tokens", had->tokens);
	buf_putc(b, '}');
}

static void
put_groups(const struct blend_check *v, const struct phase_range *p, struct buf *b)
{
	buf_puts(b, "\"groups\":[");
	for (uint32_t g = 0; g < v->rp->ngroups; g++) {
		struct drawn had = blend_group(v, p->from, p->to, g);

		put_share(b, g ? ",{" : "{", "achieved",
		    (share_parts)had.tokens * SHARE_ONE, p->all.tokens);
		put_drawn(v, p, v->rp->group[g].name, v->rp->group[g].weight, &had, b);
	}
	buf_putc(b, ']');
}

static void
put_source(
    const struct blend_check *v, const struct phase_range *p, uint32_t s, struct buf *b)
{
	const struct resolved_source *src = &v->rp->source[s];
	struct drawn had = blend_source(v, p->from, p->to, s);

	put_share(b, "{", "achieved", (share_parts)had.tokens * SHARE_ONE, p->all.tokens);
	buf_puts(b, ",\"cap\":");
	if (src->cap == RESOLVED_NONE)
		buf_puts(b, "null");
	else
		decimal_put(b, src->cap, CAP_PLACES);
	buf_puts(b, ",\"epochs\":");
	decimal_put(
	    b, muldiv(had.tokens, CAP_ONE, resolved_epoch_tokens(src)), CAP_PLACES);
	put_str(b, ",", "group", v->rp->group[src->group].name);
	put_drawn(v, p, src->name, src->weight, &had, b);
}

static void
put_sources(const struct blend_check *v, const struct phase_range *p, struct buf *b)
{
	buf_puts(b, "\"sources\":[");
	for (uint32_t s = 0; s < v->rp->nsources; s++) {
		buf_puts(b, s ? "," : "");
		put_source(v, p, s, b);
	}
	buf_putc(b, ']');
}

static struct phase_range
phase_range(const struct blend_check *v, uint32_t from, uint32_t to)
{
	return (struct phase_range){ from, to, blend_room(v, from, to),
		blend_all(v, from, to) };
}

/* ---- phases and batches ---- */

/* at: what `at` counts; NULL: it is not told. */
static void
put_worst(struct buf *b, const char *before, const char *key, const struct worst_share *w,
    const char *at, const char *name)
{
	buf_putf(b, "%s\"%s\":", before, key);
	if (!w->any) {
		buf_puts(b, "null");
		return;
	}
	buf_putc(b, '{');
	if (at)
		put_u64(b, "", at, w->at);
	put_str(b, at ? "," : "", "name", name);
	put_samples(b, ",", "samples", w->off);
	buf_putc(b, '}');
}

static void
put_phase(const struct blend_check *v, uint32_t k, struct buf *b)
{
	const struct phase_error *ph = &v->shares.phase[k];
	struct phase_range p = phase_range(v, k, k + 1);
	const struct resolved *rp = v->rp;

	put_worst(b, "{", "farthest_at_end", &ph->end, NULL, rp->source[ph->end.id].name);
	put_worst(b, ",", "farthest_group", &ph->any_group, "after_samples",
	    rp->group[ph->any_group.id].name);
	put_worst(b, ",", "farthest_source", &ph->source, "after_samples",
	    rp->source[ph->source.id].name);
	put_u64(b, ",", "first_sample", rp->phase[k].first + ph->from);
	buf_putc(b, ',');
	put_groups(v, &p, b);
	put_str(b, ",", "name", rp->phase[k].name);
	put_u64(b, ",", "samples", ph->n);
	put_u64(b, ",", "seq", rp->phase[k].seq);
	buf_putc(b, ',');
	put_sources(v, &p, b);
	buf_putc(b, '}');
}

static void
put_batches(const struct blend_check *v, struct buf *b)
{
	const struct batch_error *a = &v->shares.batches;

	put_chi2(b, ",\"batches\":{", a->chi2, a->df);
	put_worst(b, ",", "farthest_source", &a->source, "batch",
	    v->rp->source[a->source.id].name);
	buf_putf(b, ",\"from_plan\":%s", v->rp->nbatches ? "true" : "false");
	put_u64(b, ",", "number", a->n);
	buf_putc(b, '}');
}

/* ---- order and distances ---- */

static void
put_order(const struct blend_check *v, struct buf *b)
{
	const char *comma = "";

	buf_puts(b, ",\"order\":[");
	for (uint32_t s = 0; s < v->rp->nsources; s++) {
		const struct shuffle_source *o = &v->shuffle.source[s];
		uint64_t chance = blend_chance_run(v, s);

		if (o->samples == 0)
			continue;
		buf_puts(b, comma);
		put_chi2(b, "{", o->chi2, o->df);
		put_u64(b, ",", "longest_run", o->longest);
		put_thousandths(b, ",", "mean_run", o->samples * 1000 / o->runs);
		if (chance > 0)
			put_thousandths(b, ",", "mean_run_by_chance", chance);
		else
			put_str(b, ",", "mean_run_by_chance", NULL);
		put_str(b, ",", "name", v->rp->source[s].name);
		put_u64(b, ",", "pairs", o->pairs);
		buf_putc(b, '}');
		comma = ",";
	}
	buf_putc(b, ']');
}

static void
put_distances(const struct blend_check *v, const char *before, const char *key,
    const struct repeat_stats *of, char *const *id, struct buf *b)
{
	const char *comma = "";

	buf_putf(b, "%s\"%s\":[", before, key);
	for (uint32_t s = 0; s < v->rp->nsources; s++) {
		const struct repeat_stats *d = &of[s];

		if (d->distance.total == 0)
			continue;
		buf_puts(b, comma);
		put_u64(b, "{", "median", histogram_quantile(&d->distance, 500));
		put_str(b, ",", "name", v->rp->source[s].name);
		put_u64(b, ",\"nearest\":{", "distance", d->distance.least);
		put_str(b, ",", "id", id[s]);
		put_u64(b, ",", "row", d->nearest.row);
		buf_putf(b, ",\"samples\":[%" PRIu64 ",%" PRIu64 "]}", d->before,
		    d->nearest.sample);
		put_u64(b, ",", "number", d->distance.total);
		buf_putc(b, '}');
		comma = ",";
	}
	buf_putc(b, ']');
}

void
blend_json(const struct blend_check *v, struct buf *b)
{
	struct phase_range p = phase_range(v, 0, v->rp->nphases);
	const char *comma = "";

	buf_putf(b, "{\"as_planned\":%s", v->as_planned ? "true" : "false");
	if (v->only)
		put_u64(b, ",", "batch", v->only->no);
	put_batches(v, b);
	put_distances(v, ",\"documents\":{", "copies", v->repeats.copies, v->copy_id, b);
	put_distances(v, ",", "fragments", v->repeats.fragments, v->fragment_id, b);
	put_u64(b, ",", "looked_at", v->repeats.looked_at);
	put_u64(b, ",", "one_in", UINT64_C(1) << v->repeats.log2);
	put_u64(b, "},", "first_sample", v->first);
	buf_putc(b, ',');
	put_groups(v, &p, b);
	put_order(v, b);
	put_u64(b, ",", "pad", p.all.pad);
	buf_puts(b, ",\"phases\":[");
	for (uint32_t k = 0; k < v->rp->nphases; k++) {
		if (v->shares.phase[k].n == 0)
			continue;
		buf_puts(b, comma);
		put_phase(v, k, b);
		comma = ",";
	}
	put_u64(b, "],", "run_samples", v->rp->samples);
	put_u64(b, ",", "samples", v->end - v->first);
	buf_putc(b, ',');
	put_sources(v, &p, b);
	put_u64(b, ",", "tokens", p.all.tokens);
	buf_puts(b, "}\n");
}
