/* bulk.c - for those who go through whole shards: many rows at a time. */
#include "shards/tshard/tshard_impl.h"

#include <stdlib.h>

static int
bad_segs(const struct tshard *s, uint64_t sample, struct tshard_error *e)
{
	return tsi_fail(e, TSHARD_DATA,
	    "%s: segments of sample %llu make no sense: run tamis verify, then take a "
	    "good copy",
	    s->path[TSI_SDX], (unsigned long long)sample);
}

/* Entries [first, first + n] of SEGIDX into at[], counted from the first of them. */
static int
read_segidx(const struct tshard *s, uint64_t first, size_t n, uint64_t *at,
    uint64_t *begin, struct tshard_error *e)
{
	unsigned char *raw = (unsigned char *)at;

	if (tshard_section_read(
		s, tshard_section(s, "SEGIDX"), first * 8, raw, 8 * n + 8, e) != 0)
		return -1;
	*begin = tsi_get64(raw);
	for (size_t i = 0; i <= n; i++) {
		uint64_t to = tsi_get64(raw + 8 * i);

		if (to < *begin || to > s->h.segments ||
		    (i > 0 && (to - *begin <= at[i - 1] ||
				  to - *begin - at[i - 1] > s->h.seq_len)))
			return bad_segs(s, first + i - (i > 0), e);
		at[i] = to - *begin;
	}
	return 0;
}

int
tshard_segs_range(const struct tshard *s, uint64_t first, size_t n,
    struct tshard_seg **segs, uint64_t *at, struct tshard_error *e)
{
	struct tshard_seg *v;
	unsigned char *raw;
	uint64_t begin;

	*segs = NULL;
	if (s->h.kind != TSHARD_SAMPLES || first > s->h.samples ||
	    n > s->h.samples - first)
		return tsi_fail(e, TSHARD_DATA,
		    "%s: no samples %llu to %llu: see tamis info for what there is",
		    s->prefix, (unsigned long long)first, (unsigned long long)first + n);
	if (read_segidx(s, first, n, at, &begin, e) != 0)
		return -1;
	v = calloc((size_t)at[n] + 1, sizeof *v);
	if (v == NULL)
		return tsi_nomem(e);
	/* A row takes no more room in the file than decoded, so it is decoded in place.
	 */
	raw = (unsigned char *)v;
	if (tshard_section_read(s, tshard_section(s, "SEG"), begin * TSI_SEG, raw,
		(size_t)at[n] * TSI_SEG, e) != 0)
		goto fail;
	for (size_t i = (size_t)at[n]; i-- > 0;) {
		struct tshard_seg seg;

		tsi_seg_get(raw + i * TSI_SEG, &seg);
		v[i] = seg;
	}
	for (size_t i = 0; i < n; i++)
		for (uint64_t k = at[i]; k < at[i + 1]; k++)
			if (v[k].start >= s->h.seq_len || (k == at[i] && v[k].start) ||
			    (k > at[i] && v[k].start <= v[k - 1].start)) {
				bad_segs(s, first + i, e);
				goto fail;
			}
	*segs = v;
	return 0;
fail:
	free(v);
	return -1;
}
