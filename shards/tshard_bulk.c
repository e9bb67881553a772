/* tshard_bulk.c - for those who go through whole shards: many rows at a time. */
#include "shards/tshard_impl.h"

#include <stdlib.h>

int
tshard_docids(const struct tshard *s, uint64_t first, size_t n, char **text, uint64_t *at,
    struct tshard_error *e)
{
	const struct tshard_section *sec = tshard_section(s, "DOCID");
	uint64_t base = 16 * s->h.docs + 8, start;
	unsigned char *raw = (unsigned char *)at;
	bool good = true;

	*text = NULL;
	if (sec == NULL)
		return 0;
	if (first > s->h.docs || n > s->h.docs - first)
		return tsi_fail(e, TSHARD_DATA,
		    "%s: no documents %llu to %llu: see tamis info for what there is",
		    s->prefix, (unsigned long long)first, (unsigned long long)first + n);
	if (tshard_section_read(s, sec, first * 16, raw, 16 * n + 8, e) != 0)
		return -1;
	start = tsi_get64(raw);
	for (size_t i = 0; i < 2 * n + 1; i++) {
		uint64_t to = tsi_get64(raw + 8 * i);

		good = good && to >= start && to <= sec->bytes - base &&
		       (i == 0 || to - start >= at[i - 1]);
		at[i] = to - start;
	}
	if (!good)
		return tsi_fail(e, TSHARD_DATA,
		    "%s: byte %llu: DOCID rows from %llu on lie outside their section: "
		    "run tamis verify, then take a good copy",
		    s->path[TSI_SDX], (unsigned long long)sec->offset + first * 16,
		    (unsigned long long)first);
	*text = malloc((size_t)at[2 * n] + 1);
	if (*text == NULL)
		return tsi_nomem(e);
	if (tshard_section_read(s, sec, base + start, *text, (size_t)at[2 * n], e) == 0)
		return 0;
	free(*text);
	*text = NULL;
	return -1;
}
