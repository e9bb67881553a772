/* same.c - find the documents that have all shingles in common. */
#include "dedup/same.h"

#include <stdlib.h>

enum { PART_BITS = 8, PARTS = 1 << PART_BITS };

struct same {
	struct spill *docs; /* struct near_doc, by the highest bits of sum */
};

struct same *
same_new(struct spill_pool *pool)
{
	struct same *s = xcalloc(1, sizeof *s);

	s->docs = spill_new(pool, PARTS);
	return s;
}

int
same_add(struct same *s, const struct near_doc *d, struct err *err)
{
	return spill_put(
	    s->docs, (size_t)(d->sum >> (64 - PART_BITS)), d, sizeof *d, err);
}

static int
append(void *arg, struct span s, struct err *err)
{
	buf_put(arg, s.p, s.n);
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

static int
find_in_part(const struct same *s, size_t part,
    int (*each)(void *arg, uint64_t kept, uint64_t removed, struct err *err), void *arg,
    struct err *err)
{
	struct buf b = { 0 };
	struct near_doc *doc;
	size_t n;
	int rc;

	buf_reserve(&b, (size_t)spill_bytes(s->docs, part) + 1);
	rc = spill_read(s->docs, part, append, &b, err);
	doc = (struct near_doc *)(void *)b.p;
	n = b.n / sizeof *doc;
	if (n)
		qsort(doc, n, sizeof *doc, by_shingles_and_rank);
	for (size_t i = 0, k; i < n && rc == 0; i = k)
		for (k = i + 1; k < n && rc == 0 && near_doc_same(&doc[i], &doc[k]); k++)
			rc = each(arg, doc[i].number, doc[k].number, err);
	buf_free(&b);
	return rc;
}

int
same_find(const struct same *s,
    int (*each)(void *arg, uint64_t kept, uint64_t removed, struct err *err), void *arg,
    struct err *err)
{
	for (size_t part = 0; part < PARTS; part++)
		if (find_in_part(s, part, each, arg, err) < 0)
			return -1;
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
same_docs(const struct same *s,
    int (*each)(void *arg, const struct near_doc *d, struct err *err), void *arg,
    struct err *err)
{
	struct visit v = { each, arg };

	for (size_t part = 0; part < PARTS; part++)
		if (spill_read(s->docs, part, visit_docs, &v, err) < 0)
			return -1;
	return 0;
}

void
same_free(struct same *s)
{
	if (!s)
		return;
	spill_free(s->docs);
	free(s);
}
