/* blend_json.c - prints the result of check-blend as JSON with sorted keys. */
#include <inttypes.h>
#include <stdio.h>

#include "lib/text/json_writer.h"
#include "mixer/check/check_blend.h"
#include "mixer/plan/decimal.h"

/* ---- exact decimals ---- */

static void
put_decimal(struct json_writer *w, uint64_t v, unsigned places)
{
	char text[DECIMAL_TEXT];

	jw_raw(w, span_of(decimal_text(v, places, text)));
}

/* a / of with 12 decimals, rounded down. */
static void
put_share(struct json_writer *w, share_parts a, share_parts of)
{
	put_decimal(w, of == 0 ? 0 : (uint64_t)(a / of), SHARE_PLACES);
}

/* An exact number of samples. */
static void
put_samples(struct json_writer *w, share_parts off)
{
	uint64_t whole = (uint64_t)(off / SHARE_ONE), rest = (uint64_t)(off % SHARE_ONE);
	struct buf b = { 0 };

	buf_putf(&b, "%" PRIu64, whole);
	if (rest > 0)
		buf_putf(&b, ".%0*" PRIu64, SHARE_PLACES, rest);
	jw_raw(w, buf_span(&b));
	buf_free(&b);
}

static void
put_thousandths(struct json_writer *w, uint64_t v)
{
	char text[32];

	snprintf(text, sizeof text, "%" PRIu64 ".%03" PRIu64, v / 1000, v % 1000);
	jw_raw(w, span_of(text));
}

static void
put_chi2(struct json_writer *w, double chi2, uint64_t df)
{
	jw_key(w, "chi2_per_df");
	if (df == 0)
		jw_null(w);
	else
		jw_num(w, chi2 / (double)df, 6);
	jw_u64(jw_key(w, "df"), df);
}

/* ---- shares ---- */

/* The keys that groups and sources share, in order, from "name" on. */
static void
put_drawn(struct json_writer *w, const struct blend_check *v, const struct phase_range *p,
    const char *name, const uint64_t *weight, const struct drawn *had)
{
	jw_text(jw_key(w, "name"), name);
	jw_u64(jw_key(w, "pad"), had->pad);
	put_share(
	    jw_key(w, "planned"), blend_planned(v, p->from, p->to, weight), p->room);
	jw_u64(jw_key(w, "samples"), had->samples);
	jw_u64(jw_key(w, "tokens"), had->tokens);
}

static void
put_groups(
    struct json_writer *w, const struct blend_check *v, const struct phase_range *p)
{
	jw_array(jw_key(w, "groups"));
	for (uint32_t g = 0; g < v->rp->ngroups; g++) {
		struct drawn had = blend_group(v, p->from, p->to, g);

		jw_object(w);
		put_share(jw_key(w, "achieved"), (share_parts)had.tokens * SHARE_ONE,
		    p->all.tokens);
		put_drawn(w, v, p, v->rp->group[g].name, v->rp->group[g].weight, &had);
		jw_end(w);
	}
	jw_end(w);
}

static void
put_source(struct json_writer *w, const struct blend_check *v,
    const struct phase_range *p, uint32_t s)
{
	const struct resolved_source *src = &v->rp->source[s];
	struct drawn had = blend_source(v, p->from, p->to, s);

	jw_object(w);
	put_share(
	    jw_key(w, "achieved"), (share_parts)had.tokens * SHARE_ONE, p->all.tokens);
	jw_key(w, "cap");
	if (src->cap == RESOLVED_NONE)
		jw_null(w);
	else
		put_decimal(w, src->cap, CAP_PLACES);
	put_decimal(jw_key(w, "epochs"),
	    muldiv(had.tokens, CAP_ONE, resolved_epoch_tokens(src)), CAP_PLACES);
	jw_text(jw_key(w, "group"), v->rp->group[src->group].name);
	put_drawn(w, v, p, src->name, src->weight, &had);
	jw_end(w);
}

static void
put_sources(
    struct json_writer *w, const struct blend_check *v, const struct phase_range *p)
{
	jw_array(jw_key(w, "sources"));
	for (uint32_t s = 0; s < v->rp->nsources; s++)
		put_source(w, v, p, s);
	jw_end(w);
}

/* ---- phases and batches ---- */

/* at: the key for e->at; NULL: omit it. */
static void
put_worst(struct json_writer *w, const char *key, const struct worst_share *e,
    const char *at, const char *name)
{
	jw_key(w, key);
	if (!e->any) {
		jw_null(w);
		return;
	}
	jw_object(w);
	if (at)
		jw_u64(jw_key(w, at), e->at);
	jw_text(jw_key(w, "name"), name);
	put_samples(jw_key(w, "samples"), e->off);
	jw_end(w);
}

static void
put_phase(struct json_writer *w, const struct blend_check *v, uint32_t k)
{
	const struct phase_error *ph = &v->shares.phase[k];
	struct phase_range p = blend_range(v, k, k + 1);
	const struct resolved *rp = v->rp;

	jw_object(w);
	put_worst(w, "farthest_at_end", &ph->end, NULL, rp->source[ph->end.id].name);
	put_worst(w, "farthest_group", &ph->any_group, "after_samples",
	    rp->group[ph->any_group.id].name);
	put_worst(w, "farthest_source", &ph->source, "after_samples",
	    rp->source[ph->source.id].name);
	jw_u64(jw_key(w, "first_sample"), rp->phase[k].first + ph->from);
	put_groups(w, v, &p);
	jw_text(jw_key(w, "name"), rp->phase[k].name);
	jw_u64(jw_key(w, "samples"), ph->n);
	jw_u64(jw_key(w, "seq"), rp->phase[k].seq);
	put_sources(w, v, &p);
	jw_end(w);
}

static void
put_batches(struct json_writer *w, const struct blend_check *v)
{
	const struct batch_error *a = &v->shares.batches;

	jw_object(jw_key(w, "batches"));
	put_chi2(w, a->chi2, a->df);
	put_worst(
	    w, "farthest_group", &a->group, "batch", v->rp->group[a->group.id].name);
	put_worst(
	    w, "farthest_source", &a->source, "batch", v->rp->source[a->source.id].name);
	jw_bool(jw_key(w, "from_plan"), v->rp->nbatches > 0);
	jw_u64(jw_key(w, "number"), a->n);
	jw_end(w);
}

/* ---- order and distances ---- */

static void
put_order(struct json_writer *w, const struct blend_check *v)
{
	jw_array(jw_key(w, "order"));
	for (uint32_t s = 0; s < v->rp->nsources; s++) {
		const struct shuffle_source *o = &v->shuffle.source[s];
		uint64_t chance = blend_chance_run(v, s);

		if (o->samples == 0)
			continue;
		jw_object(w);
		put_chi2(w, o->chi2, o->df);
		jw_u64(jw_key(w, "longest_run"), o->longest);
		put_thousandths(jw_key(w, "mean_run"), o->samples * 1000 / o->runs);
		jw_key(w, "mean_run_by_chance");
		if (chance > 0)
			put_thousandths(w, chance);
		else
			jw_null(w);
		jw_text(jw_key(w, "name"), v->rp->source[s].name);
		jw_u64(jw_key(w, "pairs"), o->pairs);
		jw_end(w);
	}
	jw_end(w);
}

static void
put_nearest(struct json_writer *w, const struct repeat_stats *d, const char *id)
{
	jw_object(jw_key(w, "nearest"));
	jw_u64(jw_key(w, "distance"), d->distance.least);
	jw_key(w, "id");
	if (id)
		jw_text(w, id);
	else
		jw_null(w);
	jw_u64(jw_key(w, "row"), d->nearest.row);
	jw_array(jw_key(w, "samples"));
	jw_u64(w, d->before);
	jw_u64(w, d->nearest.sample);
	jw_end(w);
	jw_end(w);
}

static void
put_distances(struct json_writer *w, const struct blend_check *v, const char *key,
    const struct repeat_stats *of, char *const *id)
{
	jw_array(jw_key(w, key));
	for (uint32_t s = 0; s < v->rp->nsources; s++) {
		const struct repeat_stats *d = &of[s];

		if (d->distance.total == 0)
			continue;
		jw_object(w);
		jw_u64(jw_key(w, "median"), histogram_quantile(&d->distance, 500));
		jw_text(jw_key(w, "name"), v->rp->source[s].name);
		put_nearest(w, d, id[s]);
		jw_u64(jw_key(w, "number"), d->distance.total);
		jw_end(w);
	}
	jw_end(w);
}

static void
put_documents(struct json_writer *w, const struct blend_check *v)
{
	jw_object(jw_key(w, "documents"));
	put_distances(w, v, "copies", v->repeats.copies, v->copy_id);
	put_distances(w, v, "fragments", v->repeats.fragments, v->fragment_id);
	jw_u64(jw_key(w, "looked_at"), v->repeats.followed);
	jw_u64(jw_key(w, "one_in"), UINT64_C(1) << v->repeats.log2);
	jw_end(w);
}

void
blend_json(const struct blend_check *v, struct buf *b)
{
	struct phase_range p = blend_range(v, 0, v->rp->nphases);
	struct json_writer w = { .out = b };

	jw_object(&w);
	jw_bool(jw_key(&w, "as_planned"), v->as_planned);
	if (v->only)
		jw_u64(jw_key(&w, "batch"), v->only->no);
	put_batches(&w, v);
	put_documents(&w, v);
	jw_u64(jw_key(&w, "first_sample"), v->first);
	put_groups(&w, v, &p);
	put_order(&w, v);
	jw_u64(jw_key(&w, "pad"), p.all.pad);
	jw_array(jw_key(&w, "phases"));
	for (uint32_t k = 0; k < v->rp->nphases; k++)
		if (v->shares.phase[k].n > 0)
			put_phase(&w, v, k);
	jw_end(&w);
	jw_u64(jw_key(&w, "run_samples"), v->rp->samples);
	jw_u64(jw_key(&w, "samples"), v->end - v->first);
	put_sources(&w, v, &p);
	jw_u64(jw_key(&w, "tokens"), p.all.tokens);
	jw_end(&w);
	buf_putc(b, '\n');
}
