/* buckets.c - find the documents that share a band key. */
#include "dedup/buckets.h"

#include <stdlib.h>

#include "dedup/cells.h"

struct buckets {
	const struct spill_pool *pool;
	struct spill *records;
};

struct buckets *
buckets_new(struct spill_pool *pool)
{
	struct buckets *b = xcalloc(1, sizeof *b);

	b->pool = pool;
	b->records = spill_new(pool, KEY_PARTS);
	return b;
}

int
buckets_add(
    struct buckets *b, uint64_t number, const uint64_t *key, size_t n, struct err *err)
{
	const uint64_t rest = (UINT64_C(1) << KEY_REST_BITS) - 1;

	for (size_t i = 0; i < n; i++) {
		unsigned char record[KEY_RECORD];

		store40(record, key[i] & rest);
		store40(record + 5, number);
		if (spill_put(b->records, (size_t)(key[i] >> KEY_REST_BITS), record,
			sizeof record, err) < 0)
			return -1;
	}
	return 0;
}

int
buckets_add_records(struct buckets *b, size_t part, struct span s, uint64_t base,
    uint64_t n, struct err *err)
{
	for (; s.n; s = span_from(s, KEY_RECORD)) {
		unsigned char record[KEY_RECORD];
		uint64_t number;

		memcpy(record, s.p, sizeof record);
		number = load40(record + 5);
		if (number >= n)
			return err_set(err, EXIT_DATA, "a key of document %llu of %llu",
			    (unsigned long long)number + 1, (unsigned long long)n);
		store40(record + 5, number + base);
		if (spill_put(b->records, part, record, sizeof record, err) < 0)
			return -1;
	}
	return 0;
}

struct pair {
	uint64_t key, number;
};

/* The records of one partition whose keys are in a range of cells. */
struct loaded {
	const struct bitset *without;
	struct cells cells;
	struct pair *pair, *tmp;
	size_t n;
};

/* The highest bits of a key select the partition, the next ones a cell. */
static size_t
cell_of(uint64_t key)
{
	return (size_t)(key >> (KEY_REST_BITS - CELL_BITS));
}

static bool
in_range(const struct loaded *l, uint64_t key)
{
	return cell_of(key) >= l->cells.from && cell_of(key) < l->cells.to;
}

static bool
left_out(const struct loaded *l, uint64_t number)
{
	return l->without && bits_has(l->without, number);
}

static int
count_cells(void *arg, struct span s, struct err *err)
{
	struct loaded *l = arg;
	const unsigned char *p = (const unsigned char *)s.p, *end = p + s.n;

	for (; p < end; p += KEY_RECORD)
		l->cells.n[cell_of(load40(p))] += !left_out(l, load40(p + 5));
	return 0;
}

static int
load_records(void *arg, struct span s, struct err *err)
{
	struct loaded *l = arg;
	const unsigned char *p = (const unsigned char *)s.p, *end = p + s.n;

	for (; p < end; p += KEY_RECORD) {
		const uint64_t number = load40(p + 5);

		if (in_range(l, load40(p)) && !left_out(l, number))
			l->pair[l->n++] = (struct pair){ load40(p), number };
	}
	return 0;
}

/* Sort by key, stably: documents were added in ascending order. */
static void
sort_pairs(struct loaded *l)
{
	enum { BITS = 10, SIZE = 1 << BITS };

	for (int shift = 0; shift < KEY_REST_BITS; shift += BITS) {
		size_t at[SIZE + 1] = { 0 };
		struct pair *from = l->pair;

		for (size_t i = 0; i < l->n; i++)
			at[(from[i].key >> shift & (SIZE - 1)) + 1]++;
		for (int i = 0; i < SIZE; i++)
			at[i + 1] += at[i];
		for (size_t i = 0; i < l->n; i++)
			l->tmp[at[from[i].key >> shift & (SIZE - 1)]++] = from[i];
		l->pair = l->tmp;
		l->tmp = from;
	}
}

static size_t
records_of(const struct buckets *b, size_t part)
{
	return (size_t)(spill_bytes(b->records, part) / KEY_RECORD);
}

/* Load the range of a partition, of at most n records, and sort it.  0, or -1 with *err;
 * loaded_free in both cases. */
static int
load_sorted(
    const struct buckets *b, size_t part, struct loaded *l, size_t n, struct err *err)
{
	l->n = 0;
	l->pair = xmalloc(xmul(n + 1, sizeof *l->pair));
	l->tmp = xmalloc(xmul(n + 1, sizeof *l->tmp));
	if (spill_read(b->records, part, load_records, l, err) < 0)
		return -1;
	sort_pairs(l);
	return 0;
}

static void
loaded_free(struct loaded *l)
{
	free(l->pair);
	free(l->tmp);
	l->pair = l->tmp = NULL;
}

int
buckets_sorted(struct buckets *b, size_t part, struct buf *out, struct err *err)
{
	struct loaded l = { .cells.to = CELLS };
	const int rc = load_sorted(b, part, &l, records_of(b, part), err);

	for (size_t i = 0; i < l.n && rc == 0; i++) {
		unsigned char record[KEY_RECORD];

		store40(record, l.pair[i].key);
		store40(record + 5, l.pair[i].number);
		buf_put(out, record, sizeof record);
	}
	loaded_free(&l);
	return rc;
}

/* Report the pairs [from, to), which have one key. */
static int
put_bucket(struct loaded *l, size_t from, size_t to,
    int (*each)(void *arg, const uint64_t *number, size_t n, struct err *err), void *arg,
    struct err *err)
{
	uint64_t *number = (uint64_t *)l->tmp; /* free once the pairs are sorted */
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		if (i == from || l->pair[i].number != l->pair[i - 1].number)
			number[n++] = l->pair[i].number;
	return n >= 2 ? each(arg, number, n, err) : 0;
}

static int
find_in_range(struct buckets *b, size_t part, struct loaded *l, size_t max,
    int (*each)(void *arg, const uint64_t *number, size_t n, struct err *err), void *arg,
    struct err *err)
{
	int rc = load_sorted(b, part, l, max, err);

	for (size_t i = 0, k; i < l->n && rc == 0; i = k) {
		for (k = i + 1; k < l->n && l->pair[k].key == l->pair[i].key; k++)
			;
		if (k > i + 1)
			rc = put_bucket(l, i, k, each, arg, err);
	}
	loaded_free(l);
	return rc;
}

static int
find_in_part(struct buckets *b, size_t part, const struct bitset *without,
    int (*each)(void *arg, const uint64_t *number, size_t n, struct err *err), void *arg,
    struct err *err)
{
	const uint64_t room = cells_room(b->pool->memory, 2 * sizeof(struct pair));
	const size_t records = records_of(b, part);
	struct loaded l = { .without = without };
	int rc = 0;

	if (records == 0)
		return 0;
	if (records > room)
		rc = spill_read(b->records, part, count_cells, &l, err);
	while (l.cells.to < CELLS && rc == 0) {
		const uint64_t counted = cells_next(&l.cells, room);

		rc = find_in_range(b, part, &l,
		    records > room ? (size_t)counted : records, each, arg, err);
	}
	return rc;
}

int
buckets_find(struct buckets *b, const struct bitset *without,
    int (*each)(void *arg, const uint64_t *number, size_t n, struct err *err), void *arg,
    struct err *err)
{
	for (size_t part = 0; part < KEY_PARTS; part++)
		if (find_in_part(b, part, without, each, arg, err) < 0)
			return -1;
	spill_free(b->records);
	b->records = NULL;
	return 0;
}

void
buckets_free(struct buckets *b)
{
	if (!b)
		return;
	spill_free(b->records);
	free(b);
}
