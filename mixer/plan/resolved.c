/* resolved.c - renders plan.lock, and derives the layout and the order of a run. */
#include "mixer/plan/resolved.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/hash.h"
#include "mixer/plan/decimal.h"
#include "mixer/plan/group_schedule.h"
#include "shards/tshard/tshard.h"

static void
put_hex(struct buf *b, const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_putf(b, "%02x", (unsigned)p[i]);
}

static void
put_number(struct buf *b, char before, uint64_t v)
{
	char s[20];
	size_t n = sizeof s;

	do
		s[--n] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	buf_putc(b, before);
	buf_put(b, s + n, sizeof s - n);
}

/* Append " KEY=V,V,...". */
static void
put_list(struct buf *b, const char *key, const uint64_t *v, uint64_t n)
{
	buf_putf(b, " %s", key);
	for (uint64_t i = 0; i < n; i++)
		put_number(b, i ? ',' : '=', v[i]);
}

static void
put_id(struct buf *b, const char *key, uint32_t id)
{
	if (id == UINT32_MAX)
		buf_putf(b, " %s=none", key);
	else
		buf_putf(b, " %s=%" PRIu32, key, id);
}

static void
put_packed(const struct resolved *rp, const struct resolved_source *s, struct buf *b)
{
	for (uint32_t c = 0; s->packed && c < rp->nclasses; c++)
		for (uint32_t r = 0; r < s->nrepeats; r++) {
			const struct resolved_packing *p =
			    &s->packed[c * s->nrepeats + r];

			buf_putf(
			    b, "packed %" PRIu32 " round=%" PRIu32, rp->class_seq[c], r);
			put_list(b, "windows", p->window, p->n);
			buf_putc(b, '\n');
		}
}

static void
put_source(const struct resolved *rp, const struct resolved_source *s, struct buf *b)
{
	buf_putf(b, "source %s in=%s", s->name, rp->group[s->group].name);
	put_list(b, "weight", s->weight, rp->nphases);
	if (s->cap == RESOLVED_NONE)
		buf_puts(b, " cap=none");
	else
		buf_putf(b, " cap=%" PRIu64, s->cap);
	buf_puts(b, s->ncopies ? " copies=" : " copies=none");
	for (uint32_t i = 0; i < s->ncopies; i++)
		buf_putf(b, "%s%u:%" PRIu64, i ? "," : "", (unsigned)s->copies[i].from,
		    s->copies[i].times);
	put_list(b, "documents", s->docs, s->nrepeats);
	put_list(b, "tokens", s->tokens, s->nrepeats);
	if (s->hold > 0)
		buf_putf(b, " hold=%" PRIu64 " held=%" PRIu64 ",%" PRIu64 "%s", s->hold,
		    s->held_docs, s->held_tokens, s->only_held ? " only=held" : "");
	if (rp->pairs)
		buf_putf(b, " answers=%" PRIu32, s->answers);
	if (s->takes && s->take == RESOLVED_NONE)
		buf_puts(b, " take=all");
	else if (s->takes)
		buf_putf(b, " take=%" PRIu64, s->take);
	buf_putc(b, '\n');
	for (uint32_t i = 0; i < s->ninputs; i++) {
		buf_puts(b, "docs ");
		put_hex(b, s->input[i].digest, 32);
		buf_putf(b, " rows=%" PRIu64, s->input[i].rows);
		put_list(b, "documents", s->input[i].docs, s->nrepeats);
		put_list(b, "tokens", s->input[i].tokens, s->nrepeats);
		buf_putf(b, " %s\n", s->input[i].path);
	}
	put_packed(rp, s, b);
}

static void
put_sections(const struct resolved *rp, struct buf *b)
{
	if (!rp->mask && !rp->pairs && rp->nlabels == 0)
		return;
	buf_putf(b, "sections mask=%d pairs=%d labels=%s", rp->mask, rp->pairs,
	    rp->nlabels > 0 ? "" : "none");
	for (uint32_t i = 0; i < rp->nlabels; i++)
		buf_putf(b, "%s%s", i > 0 ? "," : "", rp->label[i]);
	buf_putc(b, '\n');
}

static void
put_head(const struct resolved *rp, struct buf *b)
{
	buf_putf(b,
	    RESOLVED_FIRST_LINE "seed %" PRIu64 "\nsamples %" PRIu64 "\npack %s\n",
	    rp->seed, rp->samples, rp->bestfit ? "bestfit" : "concat");
	if (rp->whole) {
		b->n--;
		buf_putf(b, " cut=never align=%" PRIu32 "\n", rp->align);
	}
	buf_puts(b, "tokenizer ");
	put_hex(b, rp->tokenizer, 32);
	buf_putf(b, "\nids vocab=%" PRIu32, rp->vocab);
	put_id(b, "eod", rp->eod);
	put_id(b, "pad", rp->pad);
	put_id(b, "bos", rp->bos);
	buf_putc(b, '\n');
	put_sections(rp, b);
	for (uint32_t i = 0; i < rp->nbatches; i++)
		buf_putf(b, "batch %" PRIu64 " %" PRIu64 "\n", rp->batch[i].first,
		    rp->batch[i].samples);
	for (uint32_t i = 0; i < rp->nphases; i++)
		buf_putf(b, "phase %s %" PRIu64 " seq=%" PRIu32 " shard=%" PRIu64 "\n",
		    rp->phase[i].name, rp->phase[i].samples, rp->phase[i].seq,
		    rp->phase[i].shard);
}

void
resolved_seal(struct buf *b, size_t from)
{
	char hex[33];

	hash128_hex(hash128(span_from(buf_span(b), from), 0), hex);
	buf_putf(b, "xxh3 %s\n", hex);
}

void
resolved_render(const struct resolved *rp, struct buf *b)
{
	const size_t from = b->n;

	put_head(rp, b);
	for (uint32_t i = 0; i < rp->ngroups; i++) {
		buf_putf(b, "group %s", rp->group[i].name);
		put_list(b, "weight", rp->group[i].weight, rp->nphases);
		buf_putc(b, '\n');
	}
	for (uint32_t i = 0; i < rp->nsources; i++)
		put_source(rp, &rp->source[i], b);
	for (uint64_t i = 0; i <= rp->nshards; i++) {
		buf_puts(b, "at");
		put_number(b, ' ', resolved_shard_first(rp, i));
		for (uint32_t s = 0; s < rp->nsources; s++)
			put_number(b, ' ', rp->at[i * rp->nsources + s]);
		buf_putc(b, '\n');
	}
	resolved_seal(b, from);
}

void
resolved_free(struct resolved *rp)
{
	for (uint32_t i = 0; i < rp->nsources; i++)
		free(rp->source[i].input);
	free(rp->phase);
	free(rp->group);
	free(rp->source);
	free(rp->at);
	arena_free(&rp->mem);
	*rp = (struct resolved){ 0 };
}

/* ---- phases and shards ---- */

void
resolved_layout(struct resolved *rp)
{
	uint64_t first = 0, shard = 0;

	rp->nclasses = 0;
	for (uint32_t k = 0; k < rp->nphases; k++) {
		struct resolved_phase *ph = &rp->phase[k];
		uint32_t c = 0;

		while (c < rp->nclasses && rp->class_seq[c] != ph->seq)
			c++;
		if (c == rp->nclasses)
			rp->class_seq[rp->nclasses++] = ph->seq;
		ph->len_class = c;
		ph->first = first;
		ph->first_shard = shard;
		first += ph->samples;
		shard += ph->samples / ph->shard + (ph->samples % ph->shard > 0);
	}
	rp->nshards = shard;
}

const struct resolved_phase *
resolved_phase_of(const struct resolved *rp, uint64_t shard)
{
	uint32_t k = rp->nphases - 1;

	while (rp->phase[k].first_shard > shard)
		k--;
	return &rp->phase[k];
}

uint64_t
resolved_shard_first(const struct resolved *rp, uint64_t shard)
{
	const struct resolved_phase *ph;

	if (shard == rp->nshards)
		return rp->samples;
	ph = resolved_phase_of(rp, shard);
	return ph->first + (shard - ph->first_shard) * ph->shard;
}

uint64_t
resolved_shard_samples(const struct resolved *rp, uint64_t shard)
{
	return resolved_shard_first(rp, shard + 1) - resolved_shard_first(rp, shard);
}

uint64_t
resolved_drawn(const struct resolved *rp, uint32_t k, uint32_t s)
{
	uint64_t end = k + 1 < rp->nphases ? rp->phase[k + 1].first_shard : rp->nshards;

	return rp->at[end * rp->nsources + s] -
	       rp->at[rp->phase[k].first_shard * rp->nsources + s];
}

uint64_t
resolved_window_first(uint64_t docs, uint64_t n, uint64_t w)
{
	return muldiv(docs, w, n);
}

uint64_t
resolved_epoch_tokens(const struct resolved_source *s)
{
	uint64_t sum = 0;

	for (uint32_t r = 0; r < s->nrepeats; r++)
		sum += s->tokens[r];
	return sum;
}

/* ---- whole documents ---- */

bool
resolved_takes(const struct resolved *rp)
{
	return rp->nsources > 0 && rp->source[0].takes;
}

uint64_t
resolved_taken(const struct resolved *rp, uint32_t s)
{
	const struct resolved_source *src = &rp->source[s];
	uint64_t epochs = src->cap == RESOLVED_NONE ? 1 : src->cap / CAP_ONE, sum = 0;

	for (uint32_t r = 0; r < src->nrepeats; r++)
		sum += src->packed[r].samples;
	return sum * epochs;
}

void
resolved_set_order(struct resolved *rp, struct resolved_source *s)
{
	enum { KEY = 256 }; /* no epoch has this number */
	uint64_t rows = 0;

	if (!s->takes || s->take == RESOLVED_NONE)
		return;
	for (uint32_t i = 0; i < s->ninputs; i++)
		rows += s->input[i].rows;
	s->order = arena_alloc(&rp->mem, sizeof *s->order);
	permute_init(s->order, rows / s->answers, rp->seed, span_of(s->name), KEY);
}

uint32_t
resolved_kind(const struct resolved *rp)
{
	if (rp->pairs)
		return TSHARD_PREF;
	if (rp->mask)
		return TSHARD_SFT;
	return rp->nlabels > 0 ? TSHARD_REWARD : TSHARD_SAMPLES;
}

/* ---- the order of samples ---- */

struct group_schedule *
resolved_schedule(const struct resolved *rp, uint32_t k)
{
	uint64_t *share = xcalloc(rp->nsources + (size_t)1, sizeof *share);
	uint32_t *group = xcalloc(rp->nsources + (size_t)1, sizeof *group);
	const bool takes = resolved_takes(rp);
	struct group_schedule *s;

	for (uint32_t i = 0; i < rp->nsources; i++) {
		share[i] = takes ? resolved_taken(rp, i) : rp->source[i].weight[k];
		group[i] = rp->source[i].group;
	}
	/* Take lines give each source an exact number of samples. */
	s = group_schedule_new(takes ? rp->phase[k].samples : SHARE_ONE, share, group,
	    rp->nsources, rp->ngroups);
	free(share);
	free(group);
	return s;
}

bool
resolved_order(const struct resolved *rp, uint64_t shard, uint16_t *order)
{
	const struct resolved_phase *ph = resolved_phase_of(rp, shard);
	const uint64_t *at = rp->at + shard * rp->nsources;
	const uint64_t *begin = rp->at + ph->first_shard * rp->nsources;
	struct group_schedule *s = resolved_schedule(rp, (uint32_t)(ph - rp->phase));
	uint64_t *count = xcalloc(rp->nsources, sizeof *count);
	uint64_t n = resolved_shard_samples(rp, shard);
	uint64_t slot = resolved_shard_first(rp, shard) - ph->first;
	bool same;

	for (uint32_t i = 0; i < rp->nsources; i++)
		count[i] = at[i] - begin[i];
	same = group_schedule_near(s, slot, count);
	if (same)
		group_schedule_seek(s, slot, count);
	for (uint64_t i = 0; i < n && same; i++) {
		uint32_t of = group_schedule_next(s);

		order[i] = (uint16_t)of;
		count[of]++;
	}
	for (uint32_t i = 0; i < rp->nsources; i++)
		count[i] += begin[i];
	same =
	    same && memcmp(count, at + rp->nsources, rp->nsources * sizeof *count) == 0;
	free(count);
	group_schedule_free(s);
	return same;
}
