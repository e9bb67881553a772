/* shares.c - prints a table of planned and achieved shares, tokens and epochs. */
#include "mixer/plan/shares.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/num.h"
#include "mixer/plan/decimal.h"
#include "mixer/plan/epoch_parts.h"

enum { PHASE_COLUMNS = 8 }; /* phases that fit as columns */

/* Append parts per million as a percentage. */
static void
put_share(struct buf *b, uint64_t ppm)
{
	buf_putf(b, " %7" PRIu64 ".%04" PRIu64 "%%", ppm / 10000, ppm % 10000);
}

static uint64_t
all_tokens(const struct resolved *rp)
{
	uint64_t sum = 0;

	for (uint32_t k = 0; k < rp->nphases; k++)
		sum += rp->phase[k].samples * rp->phase[k].seq;
	return sum;
}

int
shares_width(const struct resolved *rp)
{
	size_t width = strlen("group/source");

	for (uint32_t g = 0; g < rp->ngroups; g++)
		if (strlen(rp->group[g].name) > width)
			width = strlen(rp->group[g].name);
	for (uint32_t s = 0; s < rp->nsources; s++)
		if (strlen(rp->source[s].name) + 2 > width)
			width = strlen(rp->source[s].name) + 2;
	return (int)width;
}

void
shares_put_head(int width, struct buf *b)
{
	buf_putf(b, "%-*s %13s %13s %14s %16s %8s  %s\n", width, "group/source",
	    "planned", "achieved", "samples", "tokens", "epochs", "cap");
}

void
shares_put_row(const struct shares_row *r, int width, struct buf *b)
{
	buf_putf(
	    b, "%s%-*s", r->source ? "  " : "", r->source ? width - 2 : width, r->name);
	put_share(b, r->planned);
	put_share(b, r->achieved);
	buf_putf(b, " %14" PRIu64 " %16" PRIu64, r->samples, r->tokens);
	if (r->source) {
		uint64_t epochs = (uint64_t)((u128)r->tokens * 1000 / r->epoch);

		buf_putf(
		    b, " %4" PRIu64 ".%03" PRIu64 "  ", epochs / 1000, epochs % 1000);
		if (r->cap != RESOLVED_NONE)
			decimal_put(b, r->cap, CAP_PLACES);
		else
			buf_putc(b, '-');
	}
	buf_putc(b, '\n');
}

/* Returns the tokens of the source, with pad. */
static uint64_t
add_source(const struct resolved *rp, uint32_t s, struct shares_row *r)
{
	uint64_t in_class[PLAN_MAX_PHASES] = { 0 }, sum = 0;

	for (uint32_t k = 0; k < rp->nphases; k++) {
		uint64_t n = resolved_drawn(rp, k, s);

		r->samples += n;
		in_class[rp->phase[k].len_class] += n;
		sum += n * rp->phase[k].seq;
	}
	for (uint32_t c = 0; c < rp->nclasses; c++)
		r->tokens += epoch_part_text(rp, s, c, in_class[c]);
	return sum;
}

/* had: tokens with pad.  weight: one per phase. */
static void
put_row(const struct resolved *rp, struct shares_row *r, uint64_t had,
    const uint64_t *weight, int width, struct buf *b)
{
	uint64_t all = all_tokens(rp);
	u128 sum = 0;

	for (uint32_t k = 0; k < rp->nphases; k++)
		sum += (u128)weight[k] * rp->phase[k].samples * rp->phase[k].seq;
	assert(all > 0);
	r->planned = (uint64_t)(sum / all / (SHARE_ONE / 1000000));
	r->achieved = (uint64_t)((u128)had * 1000000 / all);
	shares_put_row(r, width, b);
}

static void
put_group(const struct resolved *rp, uint32_t g, int width, struct buf *b)
{
	struct shares_row all = { .name = rp->group[g].name };
	uint64_t had = 0;

	for (uint32_t s = 0; s < rp->nsources; s++)
		if (rp->source[s].group == g)
			had += add_source(rp, s, &all);
	put_row(rp, &all, had, rp->group[g].weight, width, b);
	for (uint32_t s = 0; s < rp->nsources; s++) {
		const struct resolved_source *src = &rp->source[s];
		struct shares_row r = { .name = src->name,
			.source = true,
			.epoch = resolved_epoch_tokens(src),
			.cap = src->cap };

		if (src->group != g)
			continue;
		had = add_source(rp, s, &r);
		put_row(rp, &r, had, src->weight, width, b);
	}
}

/* Print the planned shares of the phases side by side. */
static void
put_phases(const struct resolved *rp, int width, struct buf *b)
{
	buf_putf(b, "%-*s", width, "group/source");
	for (uint32_t k = 0; k < rp->nphases; k++)
		buf_putf(b, " %13.13s", rp->phase[k].name);
	buf_putc(b, '\n');
	for (uint32_t g = 0; g < rp->ngroups; g++) {
		buf_putf(b, "%-*s", width, rp->group[g].name);
		for (uint32_t k = 0; k < rp->nphases; k++)
			put_share(b, rp->group[g].weight[k] / (SHARE_ONE / 1000000));
		buf_putc(b, '\n');
		for (uint32_t s = 0; s < rp->nsources; s++) {
			if (rp->source[s].group != g)
				continue;
			buf_putf(b, "  %-*s", width - 2, rp->source[s].name);
			for (uint32_t k = 0; k < rp->nphases; k++)
				put_share(
				    b, rp->source[s].weight[k] / (SHARE_ONE / 1000000));
			buf_putc(b, '\n');
		}
	}
}

/*
 * Samples of the batch that sample `at` is in, and in *before how many of them precede
 * it.  A batch of an earlier line may end after the next line begins.
 */
static uint64_t
batch_of(const struct resolved *rp, uint64_t at, uint64_t *before)
{
	uint64_t first = 0;

	for (uint32_t i = 0; i < rp->nbatches; i++) {
		uint64_t size = rp->batch[i].samples, n;

		n = i + 1 == rp->nbatches ? UINT64_MAX
		    : first < rp->batch[i + 1].first
			? (rp->batch[i + 1].first - first - 1) / size + 1
			: 0;
		if ((at - first) / size < n) {
			*before = (at - first) % size;
			return size;
		}
		first += n * size;
	}
	*before = 0;
	return 0;
}

/*
 * Note a batch whose samples are from two phases, and by how many tokens to change the
 * phase before, the smaller number first.
 */
static void
put_split_batch(const struct resolved *rp, uint32_t k, struct buf *b)
{
	const struct resolved_phase *last = &rp->phase[k - 1];
	uint64_t before, size = batch_of(rp, rp->phase[k].first, &before);
	uint64_t add, remove = before * last->seq;

	if (before == 0)
		return;
	add = (size - before) * last->seq;
	buf_putf(b,
	    "phase %s begins inside a batch: %" PRIu64 " of its %" PRIu64
	    " samples precede the phase: ",
	    rp->phase[k].name, before, size);
	if (before >= last->samples)
		buf_putf(b, "add %" PRIu64 " tokens to phase %s\n", add, last->name);
	else if (add <= remove)
		buf_putf(b, "add %" PRIu64 " tokens to phase %s, or remove %" PRIu64 "\n",
		    add, last->name, remove);
	else
		buf_putf(b,
		    "remove %" PRIu64 " tokens from phase %s, or add %" PRIu64 "\n",
		    remove, last->name, add);
}

/* Print the documents that sources hold out, if any does. */
static void
put_held(const struct resolved *rp, int width, struct buf *b)
{
	bool any = false;

	for (uint32_t s = 0; s < rp->nsources; s++) {
		const struct resolved_source *src = &rp->source[s];
		uint64_t rows = 0;

		if (src->hold == 0)
			continue;
		if (!any)
			buf_putf(b, "%-*s %13s %13s %14s %16s  %s\n", width, "held out",
			    "planned", "achieved", "documents", "tokens", "used");
		any = true;
		for (uint32_t i = 0; i < src->ninputs; i++)
			rows += src->input[i].rows;
		buf_putf(b, "  %-*s", width - 2, src->name);
		put_share(b, src->hold / (SHARE_ONE / 1000000));
		put_share(b, rows > 0 ? muldiv(src->held_docs, 1000000, rows) : 0);
		buf_putf(b, " %14" PRIu64 " %16" PRIu64 "  %s\n", src->held_docs,
		    src->held_tokens, src->only_held ? "held" : "rest");
	}
}

void
shares_put(const struct resolved *rp, struct buf *b)
{
	int width = shares_width(rp);

	for (uint32_t k = 0; k < rp->nphases; k++)
		buf_putf(b,
		    "phase %s: %" PRIu64 " sample%s of %" PRIu32 ", %" PRIu64 " tokens\n",
		    rp->phase[k].name, rp->phase[k].samples, plural(rp->phase[k].samples),
		    rp->phase[k].seq, rp->phase[k].samples * rp->phase[k].seq);
	for (uint32_t k = 1; k < rp->nphases; k++)
		put_split_batch(rp, k, b);
	shares_put_head(width, b);
	for (uint32_t g = 0; g < rp->ngroups; g++)
		put_group(rp, g, width, b);
	if (rp->nphases > 1 && rp->nphases <= PHASE_COLUMNS)
		put_phases(rp, width, b);
	put_held(rp, width, b);
}
