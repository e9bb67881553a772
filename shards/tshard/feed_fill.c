/* feed_fill.c - derive labels, loss mask, positions and borders from a sample. */
#include "shards/tshard/feed_fill.h"

/* Whether the segment's tokens are targets. */
static bool
has_loss(const struct tshard_seg *seg)
{
	return !(seg->flags & (TSHARD_SEG_PAD | TSHARD_SEG_NO_LOSS));
}

/* Whether the label of the last token of segment i counts. */
static bool
last_counts(const struct tshard_sample *sample, uint32_t i, uint32_t flags)
{
	const struct tshard_seg *seg = &sample->segs[i];

	if ((seg->flags & (TSHARD_SEG_ENDS | TSHARD_SEG_PAD)) &&
	    (flags & TSHARD_FEED_WITHIN))
		return false;
	if (i + 1 < sample->n_segs)
		return has_loss(&sample->segs[i + 1]);
	if (sample->next == TSHARD_NONE)
		return false;
	/* The next sample continues the document, or another one starts there. */
	return (seg->flags & TSHARD_SEG_ENDS) || has_loss(seg);
}

static void
fill_mask(const struct tshard_sample *sample, uint32_t flags, uint8_t *mask)
{
	for (uint32_t i = 0; i < sample->n_segs; i++) {
		uint32_t start = sample->segs[i].start;
		uint32_t last = sample->segs[i + 1].start - 1;

		memset(mask + start, has_loss(&sample->segs[i]), last - start);
		mask[last] = last_counts(sample, i, flags);
	}
}

static void
fill_labels(const struct tshard_sample *sample, size_t seq, const int32_t *tokens,
    const uint8_t *mask, int32_t *labels)
{
	memcpy(labels, tokens + 1, (seq - 1) * sizeof *labels);
	labels[seq - 1] = sample->next == TSHARD_NONE ? 0 : (int32_t)sample->next;
	if (!mask)
		return;
	for (size_t i = 0; i < seq; i++)
		labels[i] = mask[i] ? labels[i] : -100;
}

static void
fill_positions(const struct tshard_sample *sample, int32_t *positions)
{
	for (uint32_t i = 0; i < sample->n_segs; i++) {
		uint32_t start = sample->segs[i].start;
		uint32_t n = sample->segs[i + 1].start - start;

		for (uint32_t k = 0; k < n; k++)
			positions[start + k] = (int32_t)k;
	}
}

void
tsi_feed_fill(struct tsi_feed_row row, const struct tshard_sample *sample, size_t seq,
    uint32_t flags)
{
	if (row.mask && !row.masked)
		fill_mask(sample, flags, row.mask);
	if (row.labels)
		fill_labels(sample, seq, row.tokens,
		    flags & TSHARD_FEED_IGNORE ? row.mask : NULL, row.labels);
	if (row.positions)
		fill_positions(sample, row.positions);
}
