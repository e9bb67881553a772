/*
 * match.c - find the documents that share a band key, or all their shingles.
 *
 * Keys and documents are dealt to partitions by their highest bits, so that each
 * partition can be sorted in memory.
 */
#include "dedup/match.h"

#include <stdlib.h>

#include "dedup/bits.h"
#include "dedup/sketch.h"

enum {
	PART_BITS = 8,
	PARTS = 1 << PART_BITS,
	REST_BITS = KEY_BITS - PART_BITS, /* of a key in its partition */
	RECORD = REST_BITS / 8 + NUMBER_BYTES
};

struct match {
	size_t bands;
	struct spill *keys; /* the rest of a key, and a document's number: RECORD bytes */
	struct spill *docs; /* struct near_doc, by `sum` */
	struct bits removed;
};

struct match *
match_new(struct spill_pool *pool, size_t bands)
{
	struct match *m = xcalloc(1, sizeof *m);

	m->bands = bands;
	m->keys = spill_new(pool, PARTS);
	m->docs = spill_new(pool, PARTS);
	return m;
}

int
match_add(struct match *m, const struct near_doc *d, const uint64_t *key, struct err *err)
{
	const uint64_t rest = (UINT64_C(1) << REST_BITS) - 1;

	for (size_t i = 0; i < m->bands; i++) {
		unsigned char record[RECORD];

		store40(record, key[i] & rest);
		store40(record + REST_BITS / 8, d->number);
		if (spill_put(m->keys, (size_t)(key[i] >> REST_BITS), record,
			sizeof record, err) < 0)
			return -1;
	}
	return spill_put(
	    m->docs, (size_t)(d->sum >> (64 - PART_BITS)), d, sizeof *d, err);
}

/* An array that grows as a partition is read. */
struct loaded {
	const struct bits *removed; /* documents to leave out */
	struct near_doc *doc;
	struct pair {
		uint64_t key, number;
	} * pair, *tmp;
	size_t n, cap;
};

static int
load_docs(void *arg, struct span s, struct err *err)
{
	struct loaded *l = arg;
	const size_t n = s.n / sizeof *l->doc;

	memcpy(l->doc + l->n, s.p, n * sizeof *l->doc);
	l->n += n;
	return 0;
}

static int
by_shingles_and_rank(const void *a, const void *b)
{
	const struct near_doc *x = a, *y = b;

	if (x->sum != y->sum)
		return x->sum < y->sum ? -1 : 1;
	if (x->shingles != y->shingles)
		return x->shingles < y->shingles ? -1 : 1;
	return near_doc_order(x, y);
}

/* Report the documents of one partition that have the same shingles. */
static int
find_same(struct match *m, size_t part, const struct match_sink *sink, struct err *err)
{
	const size_t n = (size_t)(spill_bytes(m->docs, part) / sizeof(struct near_doc));
	struct loaded l = { .doc = xmalloc(xmul(n + 1, sizeof *l.doc)) };
	int rc = spill_read(m->docs, part, load_docs, &l, err);

	qsort(l.doc, l.n, sizeof *l.doc, by_shingles_and_rank);
	for (size_t i = 0, k; i < l.n && rc == 0; i = k) {
		for (k = i + 1; k < l.n && rc == 0 && near_doc_same(&l.doc[i], &l.doc[k]);
		     k++) {
			bits_add(&m->removed, l.doc[k].number);
			rc = sink->same(sink->arg, l.doc[i].number, l.doc[k].number, err);
		}
	}
	free(l.doc);
	return rc;
}

static int
load_pairs(void *arg, struct span s, struct err *err)
{
	struct loaded *l = arg;
	const unsigned char *p = (const unsigned char *)s.p, *end = p + s.n;

	for (; p < end; p += RECORD) {
		const uint64_t number = load40(p + REST_BITS / 8);

		if (!bits_has(l->removed, number))
			l->pair[l->n++] = (struct pair){ load40(p), number };
	}
	return 0;
}

/* Sort by key, stably. */
static void
sort_pairs(struct loaded *l)
{
	enum { BITS = 10, SIZE = 1 << BITS };

	for (int shift = 0; shift < REST_BITS; shift += BITS) {
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

static int
put_bucket(struct loaded *l, size_t from, size_t to, const struct match_sink *sink,
    struct err *err)
{
	uint64_t *number = (uint64_t *)l->tmp; /* free once the pairs are sorted */
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		if (i == from || l->pair[i].number != l->pair[i - 1].number)
			number[n++] = l->pair[i].number;
	return n >= 2 ? sink->bucket(sink->arg, number, n, err) : 0;
}

static int
find_buckets(struct match *m, size_t part, const struct match_sink *sink, struct err *err)
{
	const size_t n = (size_t)(spill_bytes(m->keys, part) / RECORD);
	struct loaded l = { .removed = &m->removed,
		.pair = xmalloc(xmul(n + 1, sizeof *l.pair)),
		.tmp = xmalloc(xmul(n + 1, sizeof *l.tmp)) };
	int rc = spill_read(m->keys, part, load_pairs, &l, err);

	if (rc == 0)
		sort_pairs(&l);
	for (size_t i = 0, k; i < l.n && rc == 0; i = k) {
		for (k = i + 1; k < l.n && l.pair[k].key == l.pair[i].key; k++)
			;
		if (k > i + 1)
			rc = put_bucket(&l, i, k, sink, err);
	}
	free(l.pair);
	free(l.tmp);
	return rc;
}

int
match_find(struct match *m, const struct match_sink *sink, struct err *err)
{
	for (size_t part = 0; part < PARTS; part++)
		if (find_same(m, part, sink, err) < 0)
			return -1;
	for (size_t part = 0; part < PARTS; part++)
		if (find_buckets(m, part, sink, err) < 0)
			return -1;
	spill_free(m->keys);
	m->keys = NULL;
	return 0;
}

struct visit {
	int (*each)(void *arg, const struct near_doc *d, struct err *err);
	void *arg;
};

static int
visit_docs(void *arg, struct span s, struct err *err)
{
	const struct visit *v = arg;

	for (struct near_doc d; s.n; s = span_from(s, sizeof d)) {
		memcpy(&d, s.p, sizeof d);
		if (v->each(v->arg, &d, err) < 0)
			return -1;
	}
	return 0;
}

int
match_docs(const struct match *m,
    int (*each)(void *arg, const struct near_doc *d, struct err *err), void *arg,
    struct err *err)
{
	struct visit v = { each, arg };

	for (size_t part = 0; part < PARTS; part++)
		if (spill_read(m->docs, part, visit_docs, &v, err) < 0)
			return -1;
	return 0;
}

void
match_free(struct match *m)
{
	if (!m)
		return;
	spill_free(m->keys);
	spill_free(m->docs);
	bits_free(&m->removed);
	free(m);
}
