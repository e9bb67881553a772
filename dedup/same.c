/* same.c - find the documents that have all shingles in common. */
#include "dedup/same.h"

#include <stdlib.h>

#include "dedup/cells.h"
#include "lib/base/table.h"

enum { PART_BITS = 8, PARTS = 1 << PART_BITS };

struct same {
	const struct spill_pool *pool;
	struct spill *docs; /* struct near_doc, by the highest bits of sum */
};

struct same *
same_new(struct spill_pool *pool)
{
	struct same *s = xcalloc(1, sizeof *s);

	s->pool = pool;
	s->docs = spill_new(pool, PARTS);
	return s;
}

int
same_add(struct same *s, const struct near_doc *d, struct err *err)
{
	return spill_put(
	    s->docs, (size_t)(d->sum >> (64 - PART_BITS)), d, sizeof *d, err);
}

/* The first document by rank of each set of shingles in a range of a partition. */
struct firsts {
	struct cells cells;
	struct table of; /* index in doc, by sum and number of shingles */
	struct near_doc *doc;
	size_t n, cap;
	int (*each)(void *arg, uint64_t kept, uint64_t removed, struct err *err);
	void *arg;
};

/* The highest bits of sum select the partition, the next ones a cell. */
static size_t
cell_of(const struct near_doc *d)
{
	return (size_t)(d->sum << PART_BITS >> (64 - CELL_BITS));
}

static bool
in_range(const struct firsts *f, const struct near_doc *d)
{
	const size_t cell = cell_of(d);

	return cell >= f->cells.from && cell < f->cells.to;
}

static int
count_cells(void *arg, struct span s, struct err *err)
{
	struct firsts *f = arg;

	for (struct near_doc d; s.n; s = span_from(s, sizeof d)) {
		memcpy(&d, s.p, sizeof d);
		f->cells.n[cell_of(&d)]++;
	}
	return 0;
}

static struct hash128
key_of(const struct near_doc *d)
{
	return (struct hash128){ d->sum, d->shingles };
}

static int
find_firsts(void *arg, struct span s, struct err *err)
{
	struct firsts *f = arg;

	for (struct near_doc d; s.n; s = span_from(s, sizeof d)) {
		uint64_t *at;
		bool fresh;

		memcpy(&d, s.p, sizeof d);
		if (!in_range(f, &d))
			continue;
		at = table_put(&f->of, key_of(&d), &fresh);
		if (fresh) {
			GROW(f->doc, f->n, f->cap);
			*at = f->n++;
		}
		if (fresh || near_doc_order(&d, &f->doc[*at]) < 0)
			f->doc[*at] = d;
	}
	return 0;
}

static int
report_others(void *arg, struct span s, struct err *err)
{
	const struct firsts *f = arg;

	for (struct near_doc d; s.n; s = span_from(s, sizeof d)) {
		const struct near_doc *first;

		memcpy(&d, s.p, sizeof d);
		if (!in_range(f, &d))
			continue;
		first = &f->doc[*table_get(&f->of, key_of(&d))];
		if (first->number != d.number &&
		    f->each(f->arg, first->number, d.number, err) < 0)
			return -1;
	}
	return 0;
}

static int
find_in_part(const struct same *s, size_t part,
    int (*each)(void *arg, uint64_t kept, uint64_t removed, struct err *err), void *arg,
    struct err *err)
{
	enum { A_DOC = sizeof(struct near_doc) + 2 * sizeof(struct entry) };
	const uint64_t room = cells_room(s->pool->memory, A_DOC);
	struct firsts f = { .each = each, .arg = arg };
	int rc = 0;

	if (spill_bytes(s->docs, part) / sizeof(struct near_doc) > room)
		rc = spill_read(s->docs, part, count_cells, &f, err);
	while (f.cells.to < CELLS && rc == 0) {
		cells_next(&f.cells, room);
		f.n = 0;
		rc = spill_read(s->docs, part, find_firsts, &f, err);
		if (rc == 0)
			rc = spill_read(s->docs, part, report_others, &f, err);
		table_free(&f.of);
		f.of = (struct table){ 0 };
	}
	free(f.doc);
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
