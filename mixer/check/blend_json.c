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
put_share(struct buf *b, const char *before, const char *key, parts a, parts of)
{
	buf_putf(b, "%s\"%s\":", before, key);
	decimal_put(b, of == 0 ? 0 : (uint64_t)(a / of), SHARE_PLACES);
}

/* Samples, exactly. */
static void
put_samples(struct buf *b, const char *before, const char *key, parts off)
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
struct stretch_of {
	uint32_t from, to;
	uint64_t room;
	struct drawn all;
};

static void
put_drawn(const struct blend *v, const struct stretch_of *p, const char *name,
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
put_groups(const struct blend *v, const struct stretch_of *p, struct buf *b)
{
	buf_puts(b, "\"groups\":[");
	for (uint32_t g = 0; g < v->l->ngroups; g++) {
		struct drawn had = blend_group(v, p->from, p->to, g);

		put_share(b, g ? ",{" : "{", "achieved", (parts)had.tokens * SHARE_ONE,
		    p->all.tokens);
		put_drawn(v, p, v->l->group[g].name, v->l->group[g].weight, &had, b);
	}
	buf_putc(b, ']');
}

static void
put_source(const struct blend *v, const struct stretch_of *p, uint32_t s, struct buf *b)
{
	const struct lock_source *src = &v->l->source[s];
	struct drawn had = blend_source(v, p->from, p->to, s);

	put_share(b, "{", "achieved", (parts)had.tokens * SHARE_ONE, p->all.tokens);
	buf_puts(b, ",\"cap\":");
	if (src->cap == LOCK_NONE)
		buf_puts(b, "null");
	else
		decimal_put(b, src->cap, CAP_PLACES);
	buf_puts(b, ",\"epochs\":");
	decimal_put(b, muldiv(had.tokens, CAP_ONE, lock_epoch_tokens(src)), CAP_PLACES);
	put_str(b, ",", "group", v->l->group[src->group].name);
	put_drawn(v, p, src->name, src->weight, &had, b);
}

static void
put_sources(const struct blend *v, const struct stretch_of *p, struct buf *b)
{
	buf_puts(b, "\"sources\":[");
	for (uint32_t s = 0; s < v->l->nsources; s++) {
		buf_puts(b, s ? "," : "");
		put_source(v, p, s, b);
	}
	buf_putc(b, ']');
}

static struct stretch_of
stretch(const struct blend *v, uint32_t from, uint32_t to)
{
	return (struct stretch_of){ from, to, blend_room(v, from, to),
		blend_all(v, from, to) };
}

/* ---- phases and batches ---- */

/* at: what `at` counts; NULL: it is not told. */
static void
put_worst(struct buf *b, const char *before, const char *key, const struct worst *w,
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
put_phase(const struct blend *v, uint32_t k, struct buf *b)
{
	const struct achieved_phase *ph = &v->achieved.phase[k];
	struct stretch_of p = stretch(v, k, k + 1);
	const struct lock *l = v->l;

	put_worst(b, "{", "farthest_at_end", &ph->end, NULL, l->source[ph->end.who].name);
	put_worst(b, ",", "farthest_group", &ph->any_group, "after_samples",
	    l->group[ph->any_group.who].name);
	put_worst(b, ",", "farthest_source", &ph->source, "after_samples",
	    l->source[ph->source.who].name);
	put_u64(b, ",", "first_sample", l->phase[k].first + ph->from);
	buf_putc(b, ',');
	put_groups(v, &p, b);
	put_str(b, ",", "name", l->phase[k].name);
	put_u64(b, ",", "samples", ph->n);
	put_u64(b, ",", "seq", l->phase[k].seq);
	buf_putc(b, ',');
	put_sources(v, &p, b);
	buf_putc(b, '}');
}

static void
put_batches(const struct blend *v, struct buf *b)
{
	const struct achieved_batches *a = &v->achieved.batches;

	put_chi2(b, ",\"batches\":{", a->chi2, a->df);
	put_worst(b, ",", "farthest_source", &a->source, "batch",
	    v->l->source[a->source.who].name);
	buf_putf(b, ",\"from_plan\":%s", v->l->nbatches ? "true" : "false");
	put_u64(b, ",", "number", a->n);
	buf_putc(b, '}');
}

/* ---- order and distances ---- */

static void
put_order(const struct blend *v, struct buf *b)
{
	const char *comma = "";

	buf_puts(b, ",\"order\":[");
	for (uint32_t s = 0; s < v->l->nsources; s++) {
		const struct order_of *o = &v->order.source[s];
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
		put_str(b, ",", "name", v->l->source[s].name);
		put_u64(b, ",", "pairs", o->pairs);
		buf_putc(b, '}');
		comma = ",";
	}
	buf_putc(b, ']');
}

static void
put_spacing(const struct blend *v, const char *before, const char *key,
    const struct spacing_of *of, char *const *id, struct buf *b)
{
	const char *comma = "";

	buf_putf(b, "%s\"%s\":[", before, key);
	for (uint32_t s = 0; s < v->l->nsources; s++) {
		const struct spacing_of *d = &of[s];

		if (d->distance.total == 0)
			continue;
		buf_puts(b, comma);
		put_u64(b, "{", "median", histogram_quantile(&d->distance, 500));
		put_str(b, ",", "name", v->l->source[s].name);
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
blend_json(const struct blend *v, struct buf *b)
{
	struct stretch_of p = stretch(v, 0, v->l->nphases);
	const char *comma = "";

	buf_putf(b, "{\"as_planned\":%s", v->as_planned ? "true" : "false");
	if (v->only)
		put_u64(b, ",", "batch", v->only->no);
	put_batches(v, b);
	put_spacing(v, ",\"documents\":{", "copies", v->spacing.copies, v->copy_id, b);
	put_spacing(v, ",", "fragments", v->spacing.fragments, v->fragment_id, b);
	put_u64(b, ",", "looked_at", v->spacing.looked_at);
	put_u64(b, ",", "one_in", UINT64_C(1) << v->spacing.log2);
	put_u64(b, "},", "first_sample", v->first);
	buf_putc(b, ',');
	put_groups(v, &p, b);
	put_order(v, b);
	put_u64(b, ",", "pad", p.all.pad);
	buf_puts(b, ",\"phases\":[");
	for (uint32_t k = 0; k < v->l->nphases; k++) {
		if (v->achieved.phase[k].n == 0)
			continue;
		buf_puts(b, comma);
		put_phase(v, k, b);
		comma = ",";
	}
	put_u64(b, "],", "run_samples", v->l->samples);
	put_u64(b, ",", "samples", v->end - v->first);
	buf_putc(b, ',');
	put_sources(v, &p, b);
	put_u64(b, ",", "tokens", p.all.tokens);
	buf_puts(b, "}\n");
}
