/* units.c - a cache of units, the stretches of text between two cuts, with their tokens.
 */
#include "tok/engine/units.h"

#include <stdlib.h>
#include <sys/mman.h>

enum {
	MANY = 1 << 12, /* ids at first */
	MANY_MAX = 1 << 23,
	LOG_SHORT = 13, /* pairs of short units at first */
	LOG_SHORT_MAX = 20,
	LOG_MEDIUM = 12, /* medium units at first */
	LOG_MEDIUM_MAX = 19
};

static size_t
short_bytes(const struct units *u)
{
	return sizeof(struct unit_short) * 2 << (64 - u->short_shift);
}

static size_t
medium_bytes(const struct units *u)
{
	return sizeof(struct unit_medium) << (64 - u->medium_shift);
}

static void
clear(struct units *u)
{
	memset(u->shorts, 0, short_bytes(u));
	memset(u->mediums, 0, medium_bytes(u));
	u->n_many = 0;
}

/* Memory that is read in no order: in large pages, where the system has them, a read does
 * not wait for the address of its page. */
static void *
alloc_pages(size_t n)
{
	const size_t page = (size_t)2 << 20;
	void *p = aligned_alloc(page, (n + page - 1) / page * page);

#ifdef MADV_HUGEPAGE
	if (p)
		madvise(p, n, MADV_HUGEPAGE);
#endif
	return p;
}

int
units_open(struct units *u)
{
	*u = (struct units){ .short_shift = 64 - LOG_SHORT,
		.medium_shift = 64 - LOG_MEDIUM };
	u->shorts = alloc_pages(short_bytes(u));
	u->mediums = alloc_pages(medium_bytes(u));
	u->many = malloc(MANY * sizeof *u->many);
	u->many_cap = MANY;
	if (!u->shorts || !u->mediums || !u->many) {
		units_free(u);
		return -1;
	}
	clear(u);
	return 0;
}

static void
grow_shorts(struct units *u)
{
	struct units more = { .short_shift = u->short_shift - 2 };
	const size_t n = short_bytes(u) / sizeof *u->shorts;

	more.shorts = alloc_pages(short_bytes(&more));
	if (!more.shorts)
		return;
	memset(more.shorts, 0, short_bytes(&more));
	for (size_t i = 0; i < n; i++) {
		struct unit_short *to = units_pair(&more, u->shorts[i].key);

		if (u->shorts[i].key[1] == 0)
			continue;
		to[to->key[1] != 0] = u->shorts[i];
	}
	free(u->shorts);
	u->shorts = more.shorts;
	u->short_shift = more.short_shift;
	u->n_shorts = 0;
}

static void
grow_mediums(struct units *u)
{
	struct units more = { .medium_shift = u->medium_shift - 2 };
	const size_t n = medium_bytes(u) / sizeof *u->mediums;

	more.mediums = alloc_pages(medium_bytes(&more));
	if (!more.mediums)
		return;
	memset(more.mediums, 0, medium_bytes(&more));
	for (size_t i = 0; i < n; i++)
		if (u->mediums[i].key[3] != 0)
			*units_medium(&more, u->mediums[i].key) = u->mediums[i];
	free(u->mediums);
	u->mediums = more.mediums;
	u->medium_shift = more.medium_shift;
	u->n_mediums = 0;
}

void
units_grow(struct units *u)
{
	if (u->short_shift > 64 - LOG_SHORT_MAX &&
	    u->n_shorts > (size_t)1 << (64 - u->short_shift))
		grow_shorts(u);
	if (u->medium_shift > 64 - LOG_MEDIUM_MAX &&
	    u->n_mediums > (size_t)1 << (63 - u->medium_shift))
		grow_mediums(u);
}

void
units_free(struct units *u)
{
	free(u->shorts);
	free(u->mediums);
	free(u->many);
	*u = (struct units){ 0 };
}

/* False: there are enough, or memory is out. */
static bool
grow_many(struct units *u)
{
	uint32_t *more = NULL;

	if (u->many_cap < MANY_MAX)
		more = realloc(u->many, 2 * u->many_cap * sizeof *more);
	if (!more)
		return false;
	u->many = more;
	u->many_cap *= 2;
	return true;
}

void
units_put(
    struct units *u, uint32_t *to, size_t room, const uint32_t *id, size_t n, bool odd)
{
	if (n <= room && !odd) {
		for (size_t i = 0; i < room; i++)
			to[i] = i < n ? id[i] : 0;
		to[0] |= (uint32_t)n << UNIT_ID_BITS;
		return;
	}
	if (u->n_many + n > u->many_cap && !grow_many(u))
		clear(u);
	memcpy(u->many + u->n_many, id, n * sizeof *id);
	to[0] = (odd ? UNIT_ODD : UNIT_MANY) << UNIT_ID_BITS;
	to[1] = (uint32_t)u->n_many;
	to[2] = (uint32_t)n;
	u->n_many += n;
}
