/* shares.c - a blend as a table for people: planned and achieved shares, tokens, epochs.
 */
#include "mixer/plan/shares.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "mixer/plan/decimal.h"

__extension__ typedef unsigned __int128 wide;

enum { PHASE_COLUMNS = 8 }; /* phases that get a column of their own */

/* Parts of a million as per cent. */
static void
put_share(struct buf *b, uint64_t ppm)
{
	buf_putf(b, " %7" PRIu64 ".%04" PRIu64 "%%", ppm / 10000, ppm % 10000);
}

static uint64_t
all_tokens(const struct lock *l)
{
	uint64_t sum = 0;

	for (uint32_t k = 0; k < l->nphases; k++)
		sum += l->phase[k].samples * l->phase[k].seq;
	return sum;
}

int
shares_width(const struct lock *l)
{
	size_t width = strlen("group/source");

	for (uint32_t g = 0; g < l->ngroups; g++)
		if (strlen(l->group[g].name) > width)
			width = strlen(l->group[g].name);
	for (uint32_t s = 0; s < l->nsources; s++)
		if (strlen(l->source[s].name) + 2 > width)
			width = strlen(l->source[s].name) + 2;
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
		uint64_t epochs = (uint64_t)((wide)r->tokens * 1000 / r->epoch);

		buf_putf(
		    b, " %4" PRIu64 ".%03" PRIu64 "  ", epochs / 1000, epochs % 1000);
		if (r->cap != LOCK_NONE)
			decimal_put(b, r->cap, CAP_PLACES);
		else
			buf_putc(b, '-');
	}
	buf_putc(b, '\n');
}

static void
add_source(const struct lock *l, uint32_t s, struct shares_row *r)
{
	for (uint32_t k = 0; k < l->nphases; k++) {
		r->samples += lock_drawn(l, k, s);
		r->tokens += lock_drawn(l, k, s) * l->phase[k].seq;
	}
}

/* weight: one a phase. */
static void
put_row(const struct lock *l, struct shares_row *r, const uint64_t *weight, int width,
    struct buf *b)
{
	uint64_t all = all_tokens(l);
	wide sum = 0;

	for (uint32_t k = 0; k < l->nphases; k++)
		sum += (wide)weight[k] * l->phase[k].samples * l->phase[k].seq;
	assert(all > 0);
	r->planned = (uint64_t)(sum / all / (SHARE_ONE / 1000000));
	r->achieved = (uint64_t)((wide)r->tokens * 1000000 / all);
	shares_put_row(r, width, b);
}

static void
put_group(const struct lock *l, uint32_t g, int width, struct buf *b)
{
	struct shares_row all = { .name = l->group[g].name };

	for (uint32_t s = 0; s < l->nsources; s++)
		if (l->source[s].group == g)
			add_source(l, s, &all);
	put_row(l, &all, l->group[g].weight, width, b);
	for (uint32_t s = 0; s < l->nsources; s++) {
		const struct lock_source *src = &l->source[s];
		struct shares_row r = { .name = src->name,
			.source = true,
			.epoch = lock_epoch_tokens(src),
			.cap = src->cap };

		if (src->group != g)
			continue;
		add_source(l, s, &r);
		put_row(l, &r, src->weight, width, b);
	}
}

/* The planned shares of each phase, side by side. */
static void
put_phases(const struct lock *l, int width, struct buf *b)
{
	buf_putf(b, "%-*s", width, "group/source");
	for (uint32_t k = 0; k < l->nphases; k++)
		buf_putf(b, " %13.13s", l->phase[k].name);
	buf_putc(b, '\n');
	for (uint32_t g = 0; g < l->ngroups; g++) {
		buf_putf(b, "%-*s", width, l->group[g].name);
		for (uint32_t k = 0; k < l->nphases; k++)
			put_share(b, l->group[g].weight[k] / (SHARE_ONE / 1000000));
		buf_putc(b, '\n');
		for (uint32_t s = 0; s < l->nsources; s++) {
			if (l->source[s].group != g)
				continue;
			buf_putf(b, "  %-*s", width - 2, l->source[s].name);
			for (uint32_t k = 0; k < l->nphases; k++)
				put_share(
				    b, l->source[s].weight[k] / (SHARE_ONE / 1000000));
			buf_putc(b, '\n');
		}
	}
}

void
shares_put(const struct lock *l, struct buf *b)
{
	int width = shares_width(l);

	for (uint32_t k = 0; k < l->nphases; k++)
		buf_putf(b,
		    "phase %s: %" PRIu64 " samples of %" PRIu32 ", %" PRIu64 " tokens\n",
		    l->phase[k].name, l->phase[k].samples, l->phase[k].seq,
		    l->phase[k].samples * l->phase[k].seq);
	shares_put_head(width, b);
	for (uint32_t g = 0; g < l->ngroups; g++)
		put_group(l, g, width, b);
	if (l->nphases > 1 && l->nphases <= PHASE_COLUMNS)
		put_phases(l, width, b);
}
