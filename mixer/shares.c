/* shares.c - a blend as a table for people: planned and achieved shares, tokens, epochs.
 */
#include "mixer/shares.h"

#include <inttypes.h>
#include <stdlib.h>

#include "mixer/decimal.h"

__extension__ typedef unsigned __int128 wide;

struct row {
	const char *indent, *name;
	const uint64_t *weight; /* one a phase */
	uint64_t samples;
	uint64_t tokens, cap; /* of an epoch; 0: a group */
};

/* Parts of a million as per cent. */
static void
put_share(struct buf *b, uint64_t ppm)
{
	buf_putf(b, " %7" PRIu64 ".%04" PRIu64 "%%", ppm / 10000, ppm % 10000);
}

static void
put_row(const struct lock *l, const struct row *r, int width, struct buf *b)
{
	wide sum = 0;

	for (uint32_t k = 0; k < l->nphases; k++)
		sum += (wide)r->weight[k] * l->phase[k].samples;
	buf_putf(b, "%s%-*s", r->indent, width - (int)strlen(r->indent), r->name);
	put_share(b, (uint64_t)(sum / l->samples / (SHARE_ONE / 1000000)));
	put_share(b, muldiv(r->samples, 1000000, l->samples));
	buf_putf(b, " %14" PRIu64 " %16" PRIu64, r->samples, r->samples * l->seq);
	if (r->tokens > 0) {
		uint64_t epochs = muldiv(r->samples * 1000, l->seq, r->tokens);

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
put_group(const struct lock *l, uint32_t g, int width, struct buf *b)
{
	const uint64_t *count = l->at + l->nshards * l->nsources;
	struct row r = { "", l->group[g].name, l->group[g].weight, 0, 0, 0 };

	for (uint32_t s = 0; s < l->nsources; s++)
		if (l->source[s].group == g)
			r.samples += count[s];
	put_row(l, &r, width, b);
	for (uint32_t s = 0; s < l->nsources; s++) {
		const struct lock_source *src = &l->source[s];

		if (src->group != g)
			continue;
		r = (struct row){ "  ", src->name, src->weight, count[s], src->tokens,
			src->cap };
		put_row(l, &r, width, b);
	}
}

void
shares_put(const struct lock *l, struct buf *b)
{
	size_t width = strlen("group/source");

	for (uint32_t g = 0; g < l->ngroups; g++)
		if (strlen(l->group[g].name) > width)
			width = strlen(l->group[g].name);
	for (uint32_t s = 0; s < l->nsources; s++)
		if (strlen(l->source[s].name) + 2 > width)
			width = strlen(l->source[s].name) + 2;
	for (uint32_t k = 0; k < l->nphases; k++)
		buf_putf(b, "phase %s: %" PRIu64 " samples, %" PRIu64 " tokens\n",
		    l->phase[k].name, l->phase[k].samples, l->phase[k].samples * l->seq);
	buf_putf(b, "%-*s %13s %13s %14s %16s %8s  %s\n", (int)width, "group/source",
	    "planned", "achieved", "samples", "tokens", "epochs", "cap");
	for (uint32_t g = 0; g < l->ngroups; g++)
		put_group(l, g, (int)width, b);
}
