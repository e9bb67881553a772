/* idx.c - generate Megatron's .idx from the rows of the sidecar, to write or compare. */
#include "shards/tshard/tshard_impl.h"

/* Gathers small pieces for the sink. */
struct idx_buf {
	unsigned char b[4096];
	size_t n;
	tsi_sink *sink;
	void *ctx;
	struct tshard_error *e;
};

static int
buf_flush(struct idx_buf *p)
{
	size_t n = p->n;

	p->n = 0;
	return n == 0 ? 0 : p->sink(p->ctx, p->b, n, p->e);
}

static int
buf_put(struct idx_buf *p, uint64_t v, size_t width)
{
	unsigned char b[8];

	if (p->n + width > sizeof p->b && buf_flush(p) < 0)
		return -1;
	tsi_put64(b, v);
	memcpy(p->b + p->n, b, width);
	p->n += width;
	return 0;
}

/*
 * Megatron's merge recomputes the pointers as running sums of the lengths, so pad must be
 * a sequence of its real length.  Format 1.0 listed it as an empty one.
 */
static uint32_t
sequence_tokens(const struct tshard_header *h, const struct tsi_walk *w)
{
	bool pad = w->kind != TSHARD_DOCS && w->seg.flags & TSHARD_SEG_PAD;

	return pad && h->minor == 0 ? 0 : w->n;
}

static int
put_header(
    struct idx_buf *p, const struct tshard_header *h, uint64_t sequences, uint64_t docs)
{
	static const unsigned char magic[9] = "MMIDIDX\0";

	memcpy(p->b, magic, 9);
	tsi_put64(p->b + 9, 1);
	p->b[17] = h->encoding == TSHARD_U16 ? 8 : 4;
	tsi_put64(p->b + 18, sequences);
	tsi_put64(p->b + 26, docs + 1);
	p->n = TSI_IDX_HEADER;
	return buf_flush(p);
}

int
tsi_idx_feed(const struct tshard_header *h, struct tsi_walk *w, struct tsi_cursor *segidx,
    tsi_sink *sink, void *ctx, struct tshard_error *e)
{
	struct idx_buf p = { .n = 0, .sink = sink, .ctx = ctx, .e = e };
	uint64_t docs = h->kind == TSHARD_DOCS ? h->docs : h->samples;
	uint32_t width = tsi_width(h->encoding);
	int more;

	w->rows.e = e;
	if (put_header(&p, h, tsi_sequences(h), docs) < 0)
		return -1;
	tsi_walk_begin(w, h);
	while ((more = tsi_walk_next(w)) > 0)
		if (buf_put(&p, sequence_tokens(h, w), 4) < 0)
			return -1;
	if (more < 0)
		return -1;
	tsi_walk_begin(w, h);
	while ((more = tsi_walk_next(w)) > 0)
		if (buf_put(&p, w->first * width, 8) < 0)
			return -1;
	if (more < 0)
		return -1;
	for (uint64_t i = 0; i <= docs; i++) {
		const unsigned char *at = segidx ? tsi_cursor_at(segidx, i) : NULL;

		if (segidx && !at)
			return -1;
		if (buf_put(&p, at ? tsi_get64(at) : i, 8) < 0)
			return -1;
	}
	return buf_flush(&p);
}
